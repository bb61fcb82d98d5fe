/** The order of a listing: sorted by a column, in groups of a category. */
import { argsort } from "../lib/data/argsort.ts";
import { type CategoryColumn, type Column, categoryName, combined } from "../lib/data/columns.ts";
import type { Items } from "../lib/data/items.ts";
import type { ViewData } from "../lib/data/view-data.ts";
import type { Group, Listing } from "./listing.ts";
import type { GridState } from "./state.ts";

type Arrangement = Pick<GridState, "sortBy" | "descending" | "groupBy" | "collapsed">;

/** Sorted and grouped as a person chose. While a column is on its way, without it. */
export function arrange(listing: Listing, data: ViewData, arrangement: Arrangement): Listing {
  const { sortBy, groupBy, descending, collapsed } = arrangement;
  const items = data.itemsNow;
  const sorting = sortBy.value ? data.columnNow(sortBy.value) : null;
  const column = groupBy.value ? data.columnNow(groupBy.value) : null;
  const grouping = column?.kind === "list" ? combined(column) : column;
  const sorted = sorting ? sortListing(listing, items, sorting, descending.value) : listing;
  return grouping?.kind === "category" ? groupListing(sorted, items, grouping, collapsed.value) : sorted;
}

/** The same items by the values of a column; those without a value come last, and equal ones stay in their order. */
export function sortListing(listing: Listing, items: Items, by: Column, descending: boolean): Listing {
  const { keys } = listing;
  const column = by.kind === "list" ? combined(by) : by;
  const long = column.kind !== "category" && column.values instanceof Float64Array;
  const values = long ? new Float64Array(keys.length) : new Float32Array(keys.length);
  for (let at = 0; at < keys.length; at++) {
    const row = items.rowOf(keys[at]);
    let value = Number.NaN;
    if (row >= 0) value = column.kind === "category" ? column.codes[row] : column.values[row];
    if (column.kind === "category" && value < 0) value = Number.NaN;
    values[at] = descending ? -value : value;
  }
  return take(listing, argsort(values));
}

/** The same items, those of a category together, in the order of the categories' names; none and others come last. */
export function groupListing(
  listing: Listing,
  items: Items,
  column: CategoryColumn,
  collapsed: ReadonlySet<string>,
): Listing {
  const last = column.categories.length;
  // Codes below zero go behind the named ones.
  const codes = Int32Array.from(listing.keys, (key) => {
    const code = column.codes[items.rowOf(key)] ?? -1;
    return code >= 0 ? code : last - code;
  });
  const order = argsort(codes);
  const whole = take(listing, order);
  const groups: Group[] = [];
  const shown: [from: number, to: number][] = [];
  let start = 0;
  for (let from = 0; from < order.length; ) {
    const code = codes[order[from]];
    let to = from + 1;
    while (to < order.length && codes[order[to]] === code) to++;
    const name = categoryName(column, code < last ? code : last - code);
    const isCollapsed = collapsed.has(name);
    const count = isCollapsed ? 0 : to - from;
    groups.push({ name, start, count, keys: whole.keys.subarray(from, to) });
    if (!isCollapsed) shown.push([from, to]);
    start += count;
    from = to;
  }
  if (!collapsed.size) return { ...whole, groups };
  const keys = new Uint32Array(start);
  const similarity = whole.similarity && new Float32Array(start);
  let at = 0;
  for (const [from, to] of shown) {
    keys.set(whole.keys.subarray(from, to), at);
    similarity?.set((whole.similarity as Float32Array).subarray(from, to), at);
    at += to - from;
  }
  return { keys, similarity, groups };
}

function take({ keys, similarity }: Listing, order: Uint32Array): Listing {
  return {
    keys: Uint32Array.from(order, (at) => keys[at]),
    similarity: similarity && Float32Array.from(order, (at) => similarity[at]),
    groups: null,
  };
}
