import { type ReadonlySignal, signal } from "@preact/signals";
import type { Bitset } from "./bitset.ts";
import {
  type ClassColumn,
  type Column,
  categoryName,
  dateText,
  holdsClasses,
  numberText,
} from "./columns.ts";

/**
 * What an item must be to pass: of several categories it must have one. They go by name, so that one filter holds for
 * views with other codes.
 */
export type Predicate =
  | { type: "categories"; column: string; names: ReadonlySet<string> }
  /** From `low` to `high`, both included. Items without a value do not pass. */
  | { type: "range"; column: string; low: number; high: number; date: boolean }
  | { type: "keys"; keys: Bitset; title: string };

/**
 * A set of named predicates: an item passes if it passes all of them. One is shared by all views of a data set in this
 * page; a view that is not linked has one of its own.
 */
export class Filter {
  readonly #predicates = signal<ReadonlyMap<string, Predicate>>(new Map());

  get predicates(): ReadonlySignal<ReadonlyMap<string, Predicate>> {
    return this.#predicates;
  }

  /** Puts a predicate in the place of the one of that name; null takes it away. */
  set(name: string, predicate: Predicate | null): void {
    const predicates = new Map(this.#predicates.peek());
    if (predicate) predicates.set(name, predicate);
    else if (!predicates.delete(name)) return;
    this.#predicates.value = predicates;
  }

  clear(): void {
    if (this.#predicates.peek().size) this.#predicates.value = new Map();
  }

  /** The names chosen of a column, or null where all pass. */
  chosen(column: string): ReadonlySet<string> | null {
    const predicate = this.#predicates.value.get(nameOf(column));
    return predicate?.type === "categories" ? predicate.names : null;
  }

  /** The range chosen of a column, or null. */
  range(column: string): [low: number, high: number] | null {
    const predicate = this.#predicates.value.get(nameOf(column));
    return predicate?.type === "range" ? [predicate.low, predicate.high] : null;
  }

  /** Lets exactly these pass; none of them: every one. */
  choose(column: string, names: Iterable<string>): void {
    const set = new Set(names);
    this.set(nameOf(column), set.size ? { type: "categories", column, names: set } : null);
  }

  /** Adds a category to what passes, or takes it away again. */
  toggle(column: string, name: string): void {
    const names = new Set(this.chosen(column));
    if (!names.delete(name)) names.add(name);
    this.choose(column, names);
  }

  /** Lets a range pass; null: everything. */
  restrict(column: string, range: [low: number, high: number] | null, date: boolean): void {
    const predicate = range && { type: "range" as const, column, low: range[0], high: range[1], date };
    this.set(nameOf(column), predicate);
  }
}

/** The predicate on a column goes by the column's name, that on a set of keys by its own. */
export function nameOf(column: string): string {
  return `column:${column}`;
}

/** What a person reads on the predicate's chip. */
export function titleOf(predicate: Predicate): string {
  if (predicate.type === "keys") return `${predicate.title}: ${predicate.keys.count().toLocaleString("en")}`;
  if (predicate.type === "range") {
    const text = predicate.date ? dateText : numberText;
    return `${predicate.column}: ${text(predicate.low)} – ${text(predicate.high)}`;
  }
  const [first, second, ...others] = predicate.names;
  const more = others.length ? ` and ${others.length.toLocaleString("en")} more` : "";
  return `${predicate.column}: ${second === undefined ? first : `${first}, ${second}`}${more}`;
}

/** Which rows pass: a byte a row, and how many they are. */
export interface Mask {
  readonly rows: Uint8Array;
  readonly count: number;
}

/** Evaluates one predicate over aligned arrays; `column` is the one that it names. */
export function maskOf(predicate: Predicate, keys: Uint32Array, column: Column | null): Uint8Array {
  const rows = new Uint8Array(keys.length);
  if (predicate.type === "keys") {
    for (let row = 0; row < rows.length; row++) rows[row] = Number(predicate.keys.has(keys[row]));
  } else if (predicate.type === "range" && column && !holdsClasses(column)) {
    const { values } = column;
    const { low, high } = predicate;
    for (let row = 0; row < rows.length; row++) rows[row] = Number(values[row] >= low && values[row] <= high);
  } else if (predicate.type === "categories" && holdsClasses(column)) {
    const passes = passingCodes(column, predicate.names);
    const { codes } = column;
    if (column.kind === "category") {
      for (let row = 0; row < rows.length; row++) rows[row] = passes[codes[row] + 2];
    } else {
      const { starts } = column;
      for (let row = 0; row < rows.length; row++)
        for (let at = starts[row]; at < starts[row + 1]; at++) rows[row] |= passes[codes[at] + 2];
    }
  } else {
    rows.fill(1); // this view cannot tell, so it does not hide anything
  }
  return rows;
}

/** Whether each code passes, from OTHER_CATEGORY (-2) on. */
function passingCodes(column: ClassColumn, names: ReadonlySet<string>): Uint8Array {
  const codes = Uint8Array.from({ length: column.categories.length + 3 });
  for (let at = 0; at < codes.length; at++) codes[at] = Number(names.has(categoryName(column, at - 2)));
  return codes;
}

/** The rows that pass all; null stands for every row. */
export function intersect(masks: Uint8Array[]): Mask | null {
  if (!masks.length) return null;
  const [first, ...others] = masks;
  const rows = others.length ? first.slice() : first;
  for (const other of others) for (let row = 0; row < rows.length; row++) rows[row] &= other[row];
  let count = 0;
  for (let row = 0; row < rows.length; row++) count += rows[row];
  return { rows, count };
}
