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
} from "../wire/checks.ts";
import type { Answer } from "../wire/rpc.ts";

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

/** Any number of categories a row. */
export interface ListColumn {
  kind: "list";
  name: string;
  /**
   * Index into `categories`, or one of the codes above, those of the first row first. One past the last category
   * stands for an empty list: a row that is known to have none of them.
   */
  codes: Int32Array;
  /** Where the codes of each row begin, and where those of the last one end. */
  starts: Int32Array;
  /** Sorted by name. */
  categories: string[];
  distinct: number;
}

/** A row counts in each of its classes. */
export type ClassColumn = CategoryColumn | ListColumn;

export interface NumberColumn {
  /** A date is a number of milliseconds since 1970. */
  kind: "number" | "date";
  name: string;
  /** Not-a-number where an item has no value. */
  values: Float32Array | Float64Array;
}

export type Column = ClassColumn | NumberColumn;

type Numbers = Uint32Array | Int32Array | Float32Array | Float64Array;

const READ = { uint32: uint32Of, int32: int32Of, float32: float32Of, float64: float64Of };
const MAKE = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

/** What came of a column: what its first slice said of it, its values, and of lists where those of each row begin. */
interface Joined {
  head: Json;
  values: Numbers;
  starts?: Numbers;
}

/** Puts the slices of an answer together, by the name of the column. */
export function joinSlices({ results, buffers }: Answer): Map<string, Joined> {
  const columns = new Map<string, Joined>();
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
    let into = column.values;
    if (slice.array === "starts") {
      column.starts ??= new MAKE[dtype](asCount(slice.total, "total"));
      into = column.starts;
    }
    if (offset + values.length > into.length)
      throw new ProtocolError(`Column ${name} is longer than announced`);
    into.set(values, offset);
  });
  return columns;
}

export function makeColumn(name: string, { head, values, starts }: Joined): Column {
  if (head.kind === "category" || head.kind === "list") {
    const categories = asArray(head.categories, "categories").map((category) =>
      asString(category, "category"),
    );
    const classes = { name, codes: values as Int32Array, categories };
    const distinct = asCount(head.distinct, "distinct");
    if (head.kind === "category") return { kind: "category", ...classes, distinct };
    if (!starts) throw new ProtocolError(`Column ${name} does not say where its lists begin`);
    return { kind: "list", ...classes, starts: starts as Int32Array, distinct };
  }
  return { kind: head.kind === "date" ? "date" : "number", name, values: values as Float32Array };
}

export function columnLength(column: Column): number {
  if (column.kind === "list") return column.starts.length - 1;
  return column.kind === "category" ? column.codes.length : column.values.length;
}

export function holdsClasses(column: Column | null | undefined): column is ClassColumn {
  return column?.kind === "category" || column?.kind === "list";
}

/** The codes of a row: one, or those of its list. */
export function codesAt(column: ClassColumn, row: number): Int32Array {
  return column.kind === "list"
    ? column.codes.subarray(column.starts[row], column.starts[row + 1])
    : column.codes.subarray(row, row + 1);
}

/** Whether a code stands for a category: not for none, for the rare ones, or for an empty list. */
export function isNamed(column: ClassColumn, code: number): boolean {
  return code >= 0 && code < column.categories.length;
}

const combinations = new WeakMap<ListColumn, CategoryColumn>();

/** The lists as categories, each as a whole: what rows are sorted and put into groups by. */
export function combined(column: ListColumn): CategoryColumn {
  let made = combinations.get(column);
  if (!made) {
    const texts = Array.from({ length: columnLength(column) }, (_, row) => valueText(column, row));
    const categories = [...new Set(texts)].filter(Boolean).sort();
    const codeOf = new Map(categories.map((text, code) => [text, code]));
    const codes = Int32Array.from(texts, (text) => codeOf.get(text) ?? NO_CATEGORY);
    made = { kind: "category", name: column.name, codes, categories, distinct: categories.length };
    combinations.set(column, made);
  }
  return made;
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
export function categoryName(column: ClassColumn, code: number): string {
  if (code >= 0) return column.categories[code] ?? "(no class)";
  return code === NO_CATEGORY ? "(none)" : "(other)";
}

/** What a person reads of an item's value. */
export function valueText(column: Column, row: number): string {
  if (column.kind === "category")
    return column.codes[row] === NO_CATEGORY ? "" : categoryName(column, column.codes[row]);
  if (column.kind === "list") {
    const names = Array.from(codesAt(column, row), (code) => categoryName(column, code));
    return column.codes[column.starts[row]] === NO_CATEGORY ? "" : names.join(", ");
  }
  const value = column.values[row];
  return Number.isNaN(value) ? "" : column.kind === "date" ? dateText(value) : numberText(value);
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "";
  if (Number.isSafeInteger(value)) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

export function dateText(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return milliseconds % 86_400_000 === 0 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
