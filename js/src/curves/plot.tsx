import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Pixels around the unit square: room for the marks of the axes and their titles. */
export const MARGINS = { left: 46, right: 14, top: 12, bottom: 40 };
const MARKS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Pixels of what goes from 0 to 1 across and up. */
export interface PlotScale {
  x(value: number): number;
  y(value: number): number;
  width: number;
  height: number;
}

interface PlotProps {
  /** What goes across, and up. */
  across: string;
  up: string;
  testid: string;
  /** The pointer, as fractions of both axes; null: it has left. */
  onPoint?: (place: readonly [x: number, y: number] | null, scale: PlotScale) => void;
  onClick?: (place: readonly [x: number, y: number], scale: PlotScale) => void;
  /** What is drawn in it. */
  draw: (scale: PlotScale) => ComponentChildren;
  /** What lies over it, such as a handle. */
  over?: (scale: PlotScale) => ComponentChildren;
}

/** A square of 0 to 1 by 0 to 1, as large as there is room. */
export function Plot({ across, up, testid, onPoint, onClick, draw, over }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const measured = new ResizeObserver(() => {
      // A hidden view has no size: it stays as it is until it shows again.
      if (element.clientWidth) size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    measured.observe(element);
    return () => measured.disconnect();
  }, [size]);
  const { width, height } = size.value;
  const scale = scaleOf(width, height);
  const placeOf = (event: MouseEvent): readonly [number, number] => {
    const at = (box.current as HTMLDivElement).getBoundingClientRect();
    return [
      (event.clientX - at.left - MARGINS.left) / scale.width,
      1 - (event.clientY - at.top - MARGINS.top) / scale.height,
    ];
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what the pointer does here, keys do on the slider
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      class="plot"
      ref={box}
      data-testid={testid}
      onPointerMove={(event) => onPoint?.(placeOf(event), scale)}
      onPointerLeave={() => onPoint?.(null, scale)}
      onClick={(event) => onClick?.(placeOf(event), scale)}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {MARKS.map((mark) => (
            <g key={mark}>
              <line class="rule" x1={scale.x(mark)} x2={scale.x(mark)} y1={scale.y(0)} y2={scale.y(1)} />
              <line class="rule" x1={scale.x(0)} x2={scale.x(1)} y1={scale.y(mark)} y2={scale.y(mark)} />
              <text class="mark" x={scale.x(mark)} y={scale.y(0) + 15} text-anchor="middle">
                {mark}
              </text>
              <text class="mark" x={scale.x(0) - 7} y={scale.y(mark) + 4} text-anchor="end">
                {mark}
              </text>
            </g>
          ))}
          <text class="axis-name" x={scale.x(0.5)} y={height - 6} text-anchor="middle">
            {across}
          </text>
          <text
            class="axis-name"
            transform={`translate(13 ${scale.y(0.5)}) rotate(-90)`}
            text-anchor="middle"
          >
            {up}
          </text>
          {draw(scale)}
        </svg>
      )}
      {width > 0 && over?.(scale)}
    </div>
  );
}

function scaleOf(width: number, height: number): PlotScale {
  const inner = {
    width: Math.max(width - MARGINS.left - MARGINS.right, 1),
    height: Math.max(height - MARGINS.top - MARGINS.bottom, 1),
  };
  return {
    ...inner,
    x: (value) => MARGINS.left + value * inner.width,
    y: (value) => MARGINS.top + (1 - value) * inner.height,
  };
}

/** A line through points, as the path of an SVG. */
export function lineThrough(count: number, at: (index: number) => readonly [x: number, y: number]): string {
  let path = "";
  for (let index = 0; index < count; index++) {
    const [x, y] = at(index);
    path += `${path ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}
