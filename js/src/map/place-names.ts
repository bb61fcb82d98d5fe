import type { PointCloud } from "./point-cloud.ts";

/** A name on the map, in the midst of what it names. */
export interface PlaceName {
  /** Place in the palette. */
  place: number;
  x: number;
  y: number;
  /** Of the points that were looked at. */
  count: number;
}

/** The points are in random order, so the first few hundred of a class stand for all. */
const SAMPLE = 400;
const MAX_NAMES = 60;
/** So many of the points on show say which classes are the largest. */
const ENOUGH = 100_000;

/** The medians of the largest classes, the largest first. `places` and `shown` go by point. */
export function placeNames(
  cloud: PointCloud,
  places: Uint16Array,
  shown: (point: number) => boolean,
): PlaceName[] {
  const counts: number[] = [];
  let seen = 0;
  const samples = new Map<number, number[]>();
  for (let point = 0; point < cloud.count && seen < ENOUGH; point++) {
    if (!shown(point) || Number.isNaN(cloud.x[point])) continue;
    seen++;
    const place = places[point];
    counts[place] = (counts[place] ?? 0) + 1;
    if (counts[place] > SAMPLE) continue;
    const sample = samples.get(place);
    if (sample) sample.push(point);
    else samples.set(place, [point]);
  }
  return [...samples]
    .sort(([a], [b]) => counts[b] - counts[a])
    .slice(0, MAX_NAMES)
    .map(([place, points]) => ({
      place,
      x: median(points.map((point) => cloud.x[point])),
      y: median(points.map((point) => cloud.y[point])),
      count: counts[place],
    }));
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}
