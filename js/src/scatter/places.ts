import type { NumberColumn } from "../lib/data/columns.ts";
import type { Coordinates } from "../lib/data/view-data.ts";
import { type Axis, axisOf, placeOn } from "./axis.ts";

/** The axes of two columns, and where the items lie between them: 0 to `aspect` across, 0 to 1 up. */
export interface Plane extends Coordinates {
  across: Axis;
  up: Axis;
  aspect: number;
  /** Items that lie nowhere, for want of a value or of a logarithm. */
  missing: number;
}

/** Null where no item has both values. */
export function planeOf(
  x: NumberColumn,
  y: NumberColumn,
  { logX, logY, aspect }: { logX: boolean; logY: boolean; aspect: number },
): Plane | null {
  const [across, up] = [axisOf(x, logX), axisOf(y, logY)];
  if (!across || !up) return null;
  const count = x.values.length;
  const places = { x: new Float32Array(count), y: new Float32Array(count) };
  let missing = 0;
  for (let row = 0; row < count; row++) {
    const [right, high] = [placeOn(across, x.values[row]) * aspect, placeOn(up, y.values[row])];
    const nowhere = Number.isNaN(right) || Number.isNaN(high);
    places.x[row] = nowhere ? Number.NaN : right;
    places.y[row] = nowhere ? Number.NaN : high;
    missing += Number(nowhere);
  }
  return missing < count ? { ...places, across, up, aspect, missing } : null;
}
