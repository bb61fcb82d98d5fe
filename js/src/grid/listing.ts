import type { Mask } from "../lib/filter.ts";
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

/** The items that pass the filter and have the chosen mark; a plain loop, a few milliseconds at a million. */
export function filterItems(items: Items, mask: Mask | null, marks: Marks, mark: MarkFilter): Listing {
  if (mark === "all" && !mask) return { keys: items.keys, similarity: null };
  const passing = new Uint32Array(items.count);
  let count = 0;
  for (let row = 0; row < items.count; row++) {
    const key = items.keys[row];
    if (mask && !mask.rows[row]) continue;
    if (mark === "kept" && !marks.kept.has(key)) continue;
    if (mark === "rejected" && !marks.rejected.has(key)) continue;
    if (mark === "unmarked" && (marks.kept.has(key) || marks.rejected.has(key))) continue;
    passing[count++] = key;
  }
  return { keys: passing.slice(0, count), similarity: null };
}
