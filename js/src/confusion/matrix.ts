/** The counts of a confusion matrix: which classes are shown, in which order, and how many items each cell has. */
import type { Bitset } from "../lib/data/bitset.ts";
import type { Mask } from "../lib/data/filter.ts";
import type { Pairs } from "./pairs.ts";
import { similarOrder } from "./seriation.ts";

export type Order = "similar" | "size" | "name";
export type Shares = "none" | "given" | "predicted";

/** Above this many classes the most confused are shown: a wider matrix nobody finds anything in. */
export const MAX_CLASSES = 200;

/** The classes that are shown, as places in the names of the pairs. */
export interface ShownClasses {
  order: number[];
  /** Place in `order` of each class, -1 for those that are not shown. */
  placeOf: Int32Array;
  /** How many classes occur. */
  total: number;
}

export interface Matrix {
  /** How many classes are shown. */
  size: number;
  /** Items of each cell that pass the filter; the cell of row r and column c is at r * size + c. */
  counts: Uint32Array;
  /** Of these, how many are kept. */
  kept: Uint32Array;
  /** All that is in a row or a column, in the columns and rows that are not shown, too. */
  rowTotals: Uint32Array;
  columnTotals: Uint32Array;
  /** The largest number off the diagonal. */
  mostErrors: number;
  /** Items that have both a label and a prediction, and of these those with any error. */
  items: number;
  wrong: number;
  /** Items that pass the filter, but have no label or no prediction. */
  unknown: number;
  /** Of objects how many there are, and what becomes of them. */
  objects: ObjectCounts | null;
}

export interface ObjectCounts {
  given: number;
  right: number;
  confused: number;
  missed: number;
  /** Predictions of what is not there. */
  invented: number;
}

/** The classes of all items, whatever is filtered: what is filtered moves no row. */
export function shownClasses({ names, given, predicted, nothing }: Pairs, order: Order): ShownClasses {
  const [size, errors] = [new Uint32Array(names.length), new Uint32Array(names.length)];
  const there = new Uint8Array(names.length);
  for (let at = 0; at < given.length; at++) {
    const [row, column] = [given[at], predicted[at]];
    size[row]++;
    there[row] = there[column] = 1;
    if (row !== column) {
      errors[row]++;
      errors[column]++;
    }
  }
  const occurring = names.map((_, place) => place).filter((place) => there[place]);
  const shown = [...occurring].sort((a, b) => errors[b] - errors[a] || a - b).slice(0, MAX_CLASSES);
  shown.sort((a, b) => a - b);
  if (order === "size") shown.sort((a, b) => size[b] - size[a] || a - b);
  const sorted = order === "similar" ? bySimilarity(shown, given, predicted, size) : shown;
  // No class is like none: that stands at the end.
  const ordered = [
    ...sorted.filter((place) => place !== nothing),
    ...sorted.filter((place) => place === nothing),
  ];
  return { order: ordered, placeOf: placesIn(ordered, names.length), total: occurring.length };
}

/** Classes are alike as often as one is taken for the other, for how large they are. */
function bySimilarity(
  shown: number[],
  given: Int32Array,
  predicted: Int32Array,
  size: Uint32Array,
): number[] {
  const placeOf = placesIn(shown, size.length);
  const count = shown.length;
  const likeness = new Float64Array(count * count);
  for (let at = 0; at < given.length; at++) {
    const [row, column] = [placeOf[given[at]], placeOf[predicted[at]]];
    if (row < 0 || column < 0 || row === column) continue;
    likeness[row * count + column]++;
    likeness[column * count + row]++;
  }
  const sizes = shown.map((place) => size[place]);
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      likeness[row * count + column] /= sizes[row] + sizes[column] || 1;
  return similarOrder(count, likeness, sizes).map((at) => shown[at]);
}

function placesIn(order: number[], count: number): Int32Array {
  const placeOf = new Int32Array(count).fill(-1);
  order.forEach((one, place) => {
    placeOf[one] = place;
  });
  return placeOf;
}

/** Counts the items that pass; `kept` of none is null. */
export function countMatrix(
  pairs: Pairs,
  { order, placeOf }: ShownClasses,
  keys: Uint32Array,
  mask: Mask | null,
  kept: Bitset | null,
): Matrix {
  const size = order.length;
  const [counts, keptCounts] = [new Uint32Array(size * size), new Uint32Array(size * size)];
  const [rowTotals, columnTotals] = [new Uint32Array(size), new Uint32Array(size)];
  const { rows, given, predicted, known } = pairs;
  const objects = pairs.ofObjects ? { given: 0, right: 0, confused: 0, missed: 0, invented: 0 } : null;
  let wrong = 0;
  let lastWrong = -1;
  for (let at = 0; at < rows.length; at++) {
    const item = rows[at];
    if (mask && !mask.rows[item]) continue;
    if (objects) countObject(objects, given[at], predicted[at], pairs.nothing);
    if (given[at] !== predicted[at] && item !== lastWrong) {
      wrong++;
      lastWrong = item;
    }
    const [row, column] = [placeOf[given[at]], placeOf[predicted[at]]];
    if (row >= 0) rowTotals[row]++;
    if (column >= 0) columnTotals[column]++;
    if (row < 0 || column < 0) continue;
    counts[row * size + column]++;
    if (kept?.has(keys[item])) keptCounts[row * size + column]++;
  }
  let [items, unknown, mostErrors] = [0, 0, 0];
  for (let row = 0; row < known.length; row++) {
    if (mask && !mask.rows[row]) continue;
    if (known[row]) items++;
    else unknown++;
  }
  for (let cell = 0; cell < counts.length; cell++)
    if (cell % (size + 1) !== 0) mostErrors = Math.max(mostErrors, counts[cell]);
  return {
    size,
    counts,
    kept: keptCounts,
    rowTotals,
    columnTotals,
    mostErrors,
    items,
    wrong,
    unknown,
    objects,
  };
}

function countObject(counts: ObjectCounts, given: number, predicted: number, nothing: number): void {
  if (given === nothing) counts.invented++;
  else {
    counts.given++;
    if (given === predicted) counts.right++;
    else if (predicted === nothing) counts.missed++;
    else counts.confused++;
  }
}

/** What a cell shows: its items, or their share of its row or its column, 0 to 1. */
export function cellValue(matrix: Matrix, row: number, column: number, shares: Shares): number {
  const count = matrix.counts[row * matrix.size + column];
  if (shares === "none") return count;
  return count / ((shares === "given" ? matrix.rowTotals[row] : matrix.columnTotals[column]) || 1);
}

export interface ErrorCell {
  row: number;
  column: number;
  count: number;
}

/** The cells off the diagonal with the most items, the largest first. */
export function largestErrors({ counts, size }: Matrix, most: number): ErrorCell[] {
  const found: ErrorCell[] = [];
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const count = counts[row * size + column];
      if (count && row !== column) found.push({ row, column, count });
    }
  return found.sort((a, b) => b.count - a.count).slice(0, most);
}
