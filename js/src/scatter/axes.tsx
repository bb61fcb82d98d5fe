import { boxInView, toPixels } from "../map/camera.ts";
import type { MapSheet } from "../map/sheet.ts";
import { type Tick, ticksOf } from "./axis.ts";
import type { ScatterController } from "./controller.ts";

/** Pixels that a mark with its text takes along an axis. */
const ROOM_ACROSS = 84;
const ROOM_UP = 44;

/** So near to the end of an axis the text of a mark would be cut. */
const EDGE = 8;

/** A mark and where it is, px. */
type Mark = [at: number, tick: Tick];

/** Marks that are in the window. */
interface Marks {
  across: Mark[];
  up: Mark[];
}

/** The marks of both axes, for what of the plane is in the window. */
export function marksOf({ plane }: ScatterController, sheet: MapSheet): Marks {
  const shown = plane.value;
  const size = sheet.size.value;
  if (shown.status !== "ready" || !size.width) return { across: [], up: [] };
  const { across, up, aspect } = shown.value;
  const { camera } = sheet;
  const view = boxInView(camera, size);
  const rightwards = ticksOf(across, view.left / aspect, view.right / aspect, size.width / ROOM_ACROSS);
  const upwards = ticksOf(up, view.bottom, view.top, size.height / ROOM_UP);
  const onAcross = rightwards.map((tick): Mark => [toPixels(camera, size, [tick.at * aspect, 0])[0], tick]);
  const onUp = upwards.map((tick): Mark => [toPixels(camera, size, [0, tick.at])[1], tick]);
  return {
    across: onAcross.filter(([at]) => at > EDGE && at < size.width - EDGE),
    up: onUp.filter(([at]) => at > EDGE && at < size.height - EDGE),
  };
}

/** Faint lines over the points, at the marks of the axes. */
export function GridLines({ marks: { across, up } }: { marks: Marks }) {
  return (
    <svg class="grid-lines" aria-hidden="true">
      {across.map(([at, { text }]) => (
        <line key={text} x1={at} x2={at} y1="0" y2="100%" />
      ))}
      {up.map(([at, { text }]) => (
        <line key={text} x1="0" x2="100%" y1={at} y2={at} />
      ))}
    </svg>
  );
}

interface AxisProps {
  title: string;
  marks: Mark[];
}

export function AxisAcross({ title, marks }: AxisProps) {
  return (
    <div class="axis across" data-testid="nbc-axis-x">
      {marks.map(([at, { text }]) => (
        <span key={text} style={{ left: `${at}px` }}>
          {text}
        </span>
      ))}
      <b title={title}>{title}</b>
    </div>
  );
}

export function AxisUp({ title, marks }: AxisProps) {
  return (
    <div class="axis up" data-testid="nbc-axis-y">
      {marks.map(([at, { text }]) => (
        <span key={text} style={{ top: `${at}px` }}>
          {text}
        </span>
      ))}
      <b title={title}>{title}</b>
    </div>
  );
}
