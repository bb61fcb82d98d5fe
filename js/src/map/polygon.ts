/** Polygons on the map: a lasso, or a rectangle as one of four corners. */
import type { Box, Point } from "./camera.ts";

export type Polygon = readonly Point[];

export function boxOf(polygon: Polygon): Box {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}

export function cornersOf({ left, right, bottom, top }: Box): Polygon {
  return [
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ];
}

/** Whether a point lies inside, by the even-odd rule: a lasso that crosses itself leaves holes. */
export function contains(polygon: Polygon, x: number, y: number): boolean {
  let inside = false;
  for (let at = 0, before = polygon.length - 1; at < polygon.length; before = at++) {
    const [ax, ay] = polygon[at];
    const [bx, by] = polygon[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** A line with fewer corners that stays within `tolerance` of the drawn one: a hand draws hundreds that say nothing. */
export function simplify(line: Polygon, tolerance: number): Point[] {
  if (line.length < 3) return [...line];
  const [ax, ay] = line[0];
  const [bx, by] = line[line.length - 1];
  const length = Math.hypot(bx - ax, by - ay);
  let farthest = 0;
  let distance = 0;
  for (let at = 1; at < line.length - 1; at++) {
    const [x, y] = line[at];
    const off = length
      ? Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
      : Math.hypot(x - ax, y - ay);
    if (off > distance) {
      distance = off;
      farthest = at;
    }
  }
  if (distance <= tolerance) return [line[0], line[line.length - 1]];
  const first = simplify(line.slice(0, farthest + 1), tolerance);
  return [...first.slice(0, -1), ...simplify(line.slice(farthest), tolerance)];
}
