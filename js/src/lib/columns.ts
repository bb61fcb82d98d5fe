/** One property of all items of a view, in the view's order, as a typed array. */
import {
  asArray,
  asCount,
  asString,
  float32Of,
  float64Of,
  int32Of,
  type Json,
  ProtocolError,
  uint32Of,
} from "./protocol.ts";
import type { Answer } from "./rpc.ts";

export type ColumnKind = "category" | "number" | "date";

/** What the data set can show: the name of a column and what is in it. */
export interface ColumnInfo {
  name: string;
  kind: ColumnKind;
}

/** The code of an item that has no value. */
export const NO_CATEGORY = -1;
/** The code of values too rare to have a name here; see `distinct`. */
export const OTHER_CATEGORY = -2;

export interface CategoryColumn {
  kind: "category";
  name: string;
  /** Index into `categories`, or one of the codes above. */
  codes: Int32Array;
  /** Sorted by name. */
  categories: string[];
  /** How many values there are: more than `categories` where the rare ones share a code. */
  distinct: number;
}

export interface NumberColumn {
  /** A date is a number of milliseconds since 1970. */
  kind: "number" | "date";
  name: string;
  /** Not-a-number where an item has no value. */
  values: Float32Array | Float64Array;
}

export type Column = CategoryColumn | NumberColumn;

type Numbers = Uint32Array | Int32Array | Float32Array | Float64Array;

const READ = { uint32: uint32Of, int32: int32Of, float32: float32Of, float64: float64Of };
const MAKE = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

/** Puts the slices of an answer together: name and array of each column, and what its first slice said of it. */
export function joinSlices({ results, buffers }: Answer): Map<string, { head: Json; values: Numbers }> {
  const columns = new Map<string, { head: Json; values: Numbers }>();
  results.forEach((slice, at) => {
    const name = asString(slice.column, "column");
    const dtype = slice.dtype as keyof typeof READ;
    if (!(dtype in READ)) throw new ProtocolError(`Column ${name} is of the unknown type ${String(dtype)}`);
    let column = columns.get(name);
    if (!column) {
      column = { head: slice, values: new MAKE[dtype](asCount(slice.total, "total")) };
      columns.set(name, column);
    }
    const values = READ[dtype](buffers[at]);
    const offset = asCount(slice.offset, "offset");
    if (offset + values.length > column.values.length)
      throw new ProtocolError(`Column ${name} is longer than announced`);
    column.values.set(values, offset);
  });
  return columns;
}

export function makeColumn(name: string, { head, values }: { head: Json; values: Numbers }): Column {
  if (head.kind === "category") {
    const categories = asArray(head.categories, "categories").map((category) =>
      asString(category, "category"),
    );
    return {
      kind: "category",
      name,
      codes: values as Int32Array,
      categories,
      distinct: asCount(head.distinct, "distinct"),
    };
  }
  return { kind: head.kind === "date" ? "date" : "number", name, values: values as Float32Array };
}

export function columnLength(column: Column): number {
  return column.kind === "category" ? column.codes.length : column.values.length;
}

/** Smallest and largest value, or null where there is none. */
export function extentOf(values: Float32Array | Float64Array): [low: number, high: number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** What a person reads of a code. */
export function categoryName(column: CategoryColumn, code: number): string {
  if (code >= 0) return column.categories[code];
  return code === NO_CATEGORY ? "(none)" : "(other)";
}

/** What a person reads of an item's value. */
export function valueText(column: Column, row: number): string {
  if (column.kind === "category")
    return column.codes[row] === NO_CATEGORY ? "" : categoryName(column, column.codes[row]);
  const value = column.values[row];
  return Number.isNaN(value) ? "" : column.kind === "date" ? dateText(value) : numberText(value);
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

export function dateText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return milliseconds % 86_400_000 === 0 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
