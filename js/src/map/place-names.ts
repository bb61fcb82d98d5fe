import type { PointCloud } from "./point-cloud.ts";

/** A name on the map, in the midst of what it names. */
export interface PlaceName {
  /** Place in the palette. */
  place: number;
  x: number;
  y: number;
  count: number;
}

/** The points are in random order, so the first few hundred of a class stand for all. */
const SAMPLE = 400;
const MAX_NAMES = 60;

/** The medians of the largest classes, the largest first. `places` and `shown` go by point. */
export function placeNames(
  cloud: PointCloud,
  places: Uint16Array,
  shown: (point: number) => boolean,
): PlaceName[] {
  const samples = new Map<number, { points: number[]; count: number }>();
  for (let point = 0; point < cloud.count; point++) {
    if (!shown(point) || Number.isNaN(cloud.x[point])) continue;
    let sample = samples.get(places[point]);
    if (!sample) {
      sample = { points: [], count: 0 };
      samples.set(places[point], sample);
    }
    sample.count++;
    if (sample.points.length < SAMPLE) sample.points.push(point);
  }
  return [...samples]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, MAX_NAMES)
    .map(([place, { points, count }]) => ({
      place,
      x: median(points.map((point) => cloud.x[point])),
      y: median(points.map((point) => cloud.y[point])),
      count,
    }));
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}
