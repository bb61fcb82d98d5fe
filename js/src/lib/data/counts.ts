/** Counting over columns: the numbers behind bars, legends and menus. */
import type { ClassColumn, NumberColumn } from "./columns.ts";
import { extentOf } from "./columns.ts";
import type { Mask } from "./filter.ts";

/**
 * How many rows have each code, from OTHER_CATEGORY (-2) on: the count of code `c` is at `c + 2`. A row counts in each
 * of its classes; empty lists are counted behind the last.
 */
export function countCodes(column: ClassColumn, mask: Mask | null): Uint32Array {
  const { codes } = column;
  if (column.kind === "list") {
    const counts = new Uint32Array(column.categories.length + 3);
    const { starts } = column;
    for (let row = 0; row + 1 < starts.length; row++)
      if (!mask || mask.rows[row])
        for (let at = starts[row]; at < starts[row + 1]; at++) counts[codes[at] + 2]++;
    return counts;
  }
  const counts = new Uint32Array(column.categories.length + 2);
  if (mask) for (let row = 0; row < codes.length; row++) counts[codes[row] + 2] += mask.rows[row];
  else for (let row = 0; row < codes.length; row++) counts[codes[row] + 2]++;
  return counts;
}

/** Evenly wide bins over a column; the last one holds its upper edge too. */
export interface Bins {
  low: number;
  width: number;
  count: number;
}

/** At most `most` bins whose edges are round numbers, or null where the column has no values. */
export function binsOf(column: NumberColumn, most: number): Bins | null {
  const extent = extentOf(column.values);
  if (!extent) return null;
  const [low, high] = extent;
  if (low === high) return { low, width: Math.max(Math.abs(low), 1) * 1e-6, count: 1 };
  const width = column.kind === "date" ? (high - low) / most : roundStep((high - low) / most);
  const start = column.kind === "date" ? low : Math.floor(low / width) * width;
  return { low: start, width, count: Math.max(1, Math.floor((high - start) / width + 1e-9) + 1) };
}

/** The next 1, 2 or 5 times a power of ten. */
export function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const digit = step / power;
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

export function binOf(bins: Bins, value: number): number {
  return Math.min(Math.max(Math.floor((value - bins.low) / bins.width + 1e-9), 0), bins.count - 1);
}

/** Lower and upper edge of a bin. */
export function edgesOf(bins: Bins, bin: number): [low: number, high: number] {
  return [bins.low + bin * bins.width, bins.low + (bin + 1) * bins.width];
}

/** What a bin is called where it is a class: from its lower edge up to, and without, its upper one. Python reads it. */
export function intervalOf(bins: Bins, bin: number): string {
  // Edges are sums of fractions: beyond twelve digits there is nothing but rounding.
  const [low, high] = edgesOf(bins, bin).map((edge) => Number(edge.toPrecision(12)));
  return `[${low}, ${high})`;
}

/** The bin of each row as a code, -1 for rows without a value: a number column then counts as categories do. */
export function binCodes(column: NumberColumn, bins: Bins): Int32Array {
  const codes = new Int32Array(column.values.length);
  for (let row = 0; row < codes.length; row++) {
    const value = column.values[row];
    codes[row] = Number.isNaN(value) ? -1 : binOf(bins, value);
  }
  return codes;
}
