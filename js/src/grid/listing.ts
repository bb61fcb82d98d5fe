import type { Items } from "../lib/items.ts";
import type { Marks } from "../lib/marks.ts";

/** What the grid shows, in order: the items that pass the filter, or the neighbours of a query. */
export interface Listing {
  keys: Uint32Array;
  /** Aligned with `keys`; null unless they are neighbours. */
  similarity: Float32Array | null;
}

export const EMPTY_LISTING: Listing = { keys: new Uint32Array(0), similarity: null };

export type MarkFilter = "all" | "kept" | "rejected" | "unmarked";

/** The items with the chosen mark and label; a plain loop, a few milliseconds at a million. */
export function filterItems(items: Items, marks: Marks, mark: MarkFilter, label: number | null): Listing {
  const labels = label === null ? null : items.labels;
  if (mark === "all" && !labels) return { keys: items.keys, similarity: null };
  const passing = new Uint32Array(items.count);
  let count = 0;
  for (let row = 0; row < items.count; row++) {
    const key = items.keys[row];
    if (labels && labels[row] !== label) continue;
    if (mark === "kept" && !marks.kept.has(key)) continue;
    if (mark === "rejected" && !marks.rejected.has(key)) continue;
    if (mark === "unmarked" && (marks.kept.has(key) || marks.rejected.has(key))) continue;
    passing[count++] = key;
  }
  return { keys: passing.slice(0, count), similarity: null };
}

/** How many items have each label. */
export function countLabels(items: Items, labels: number): Uint32Array {
  const counts = new Uint32Array(labels);
  for (const label of items.labels ?? []) if (label >= 0) counts[label]++;
  return counts;
}
