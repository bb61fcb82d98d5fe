import type { Coordinates } from "../lib/data/view-data.ts";
import { PointIndex } from "./point-index.ts";

/** In which order the points of a map are drawn: the row of each point in the view's columns, and the point of each row. */
export interface DrawingOrder {
  rows: Uint32Array;
  points: Uint32Array;
}

/**
 * At random, so that a part of the points looks like the whole, and no class lies on top because it came last. Always
 * the same for as many points: two maps of the same items are drawn alike.
 */
export function drawingOrder(count: number): DrawingOrder {
  const rows = shuffled(count);
  const points = new Uint32Array(count);
  for (let point = 0; point < count; point++) points[rows[point]] = point;
  return { rows, points };
}

/** The points of a map in the order in which they are drawn. */
export class PointCloud {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly rows: Uint32Array;
  readonly points: Uint32Array;
  readonly index: PointIndex;

  constructor({ x, y }: Coordinates, order = drawingOrder(x.length)) {
    this.rows = order.rows;
    this.points = order.points;
    this.x = Float32Array.from(this.rows, (row) => x[row]);
    this.y = Float32Array.from(this.rows, (row) => y[row]);
    this.index = new PointIndex(this.x, this.y);
  }

  get count(): number {
    return this.rows.length;
  }
}

/** 0 to count - 1 in an order that is random and always the same. */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  let state = 0x9e3779b9;
  for (let at = count - 1; at > 0; at--) {
    // xorshift32: Math.random would draw the same map differently each time.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const other = (state >>> 0) % (at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
