import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { DrawnBoxes } from "./drawn-boxes.tsx";
import type { DrawnFacts } from "./drawn-objects.ts";
import type { Drawing } from "./shapes.ts";

/** How a picture is looked at: 1 is all of it, and how far it is moved, px. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const NO_ZOOM: Zoom = { scale: 1, x: 0, y: 0 };

const MAX_SCALE = 12;
const WHEEL_STEP = 0.002;

/** Zooms by a factor; what is `at` px from the middle stays there. */
export function zoomed({ scale, x, y }: Zoom, factor: number, at: readonly [number, number] = [0, 0]): Zoom {
  const next = Math.min(Math.max(scale * factor, 1), MAX_SCALE);
  if (next === 1) return NO_ZOOM;
  const by = next / scale;
  return { scale: next, x: at[0] - (at[0] - x) * by, y: at[1] - (at[1] - y) * by };
}

interface ZoomableProps {
  url: string;
  alt: string;
  rough: boolean;
  zoom: Signal<Zoom>;
  drawing: Drawing | null;
  facts: DrawnFacts;
}

/** A picture that the wheel zooms and a drag moves; a double click goes close and back. */
export function Zoomable({ url, alt, rough, zoom, drawing, facts }: ZoomableProps) {
  const picture = useRef<HTMLImageElement>(null);
  const { scale, x, y } = zoom.value;
  const style = { transform: `translate(${x}px, ${y}px) scale(${scale})` };
  useEffect(() => {
    const element = picture.current as HTMLElement;
    const listening = new AbortController();
    const { signal } = listening;
    const fromMiddle = (event: MouseEvent): [number, number] => {
      const box = (element.parentElement as HTMLElement).getBoundingClientRect();
      return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    };
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        zoom.value = zoomed(zoom.peek(), Math.exp(-event.deltaY * WHEEL_STEP), fromMiddle(event));
      },
      { signal, passive: false },
    );
    element.addEventListener(
      "dblclick",
      (event) => {
        zoom.value = zoom.peek().scale > 1 ? NO_ZOOM : zoomed(NO_ZOOM, 3, fromMiddle(event));
      },
      { signal },
    );
    element.addEventListener(
      "pointerdown",
      (event) => {
        if (zoom.peek().scale > 1) element.setPointerCapture(event.pointerId);
      },
      { signal },
    );
    element.addEventListener(
      "pointermove",
      (event) => {
        if (!element.hasPointerCapture(event.pointerId)) return;
        const { scale, x, y } = zoom.peek();
        zoom.value = { scale, x: x + event.movementX, y: y + event.movementY };
      },
      { signal },
    );
    return () => listening.abort();
  }, [zoom]);
  return (
    <>
      <img ref={picture} src={url} alt={alt} class={rough ? "rough" : ""} style={style} draggable={false} />
      {drawing && (
        <div class="drawn" style={style}>
          <DrawnBoxes drawing={drawing} facts={facts} />
        </div>
      )}
    </>
  );
}
