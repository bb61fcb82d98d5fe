/** Given against predicted classes, item by item: which cells of the matrix each item counts in. */
import {
  type ClassColumn,
  codesAt,
  columnLength,
  isNamed,
  NO_CATEGORY,
  OTHER_CATEGORY,
} from "../lib/data/columns.ts";

/** Stands for no class: of several classes one may be missed and none be there in its place, or the other way round. */
export const NOTHING = "(nothing)";

/**
 * The cells that items count in, those of the first row first. An item of one class is in one cell. Of several, each
 * class that is found is on the diagonal, and each that is missed is with each that is there in its place, or with
 * NOTHING. `nbcurate/curate/confusion.py` counts the same way.
 */
export interface Pairs {
  /** The classes of rows and columns alike, sorted; NOTHING last, where there are lists. */
  names: string[];
  /** Row of the item in the view's columns. */
  rows: Uint32Array;
  /** Index into `names` of each. */
  given: Int32Array;
  predicted: Int32Array;
  /** Which items have both a label and a prediction. */
  known: Uint8Array;
  /** Place in `names` of what stands for no class, -1 where nothing does. */
  nothing: number;
  /** Whether pairs are of objects, of which an item may have many. */
  ofObjects: boolean;
}

export function pairsOf(given: ClassColumn, predicted: ClassColumn): Pairs {
  const several = given.kind === "list" || predicted.kind === "list";
  const names = [...new Set([...given.categories, ...predicted.categories])].sort();
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const [ours, theirs] = [given, predicted].map((column) =>
    Int32Array.from(column.categories, (name) => placeOf.get(name) as number),
  );
  const found = several
    ? ofLists(given, predicted, ours, theirs, names.length)
    : ofSingle(given, predicted, ours, theirs);
  const nothing = several ? names.length : -1;
  return { names: several ? [...names, NOTHING] : names, ...found, nothing, ofObjects: false };
}

type Found = Omit<Pairs, "names" | "nothing" | "ofObjects">;

/** Loops, as of a million items going through an iterator takes a second. */
function ofSingle(given: ClassColumn, predicted: ClassColumn, ours: Int32Array, theirs: Int32Array): Found {
  const count = given.codes.length;
  const known = new Uint8Array(count);
  const [rows, label, said] = [new Uint32Array(count), new Int32Array(count), new Int32Array(count)];
  let end = 0;
  for (let row = 0; row < count; row++) {
    const [mine, other] = [given.codes[row], predicted.codes[row]];
    if (mine < 0 || other < 0) continue;
    known[row] = 1;
    rows[end] = row;
    label[end] = ours[mine];
    said[end++] = theirs[other];
  }
  return {
    rows: rows.subarray(0, end),
    given: label.subarray(0, end),
    predicted: said.subarray(0, end),
    known,
  };
}

function ofLists(
  given: ClassColumn,
  predicted: ClassColumn,
  ours: Int32Array,
  theirs: Int32Array,
  nothing: number,
): Found {
  const known = new Uint8Array(columnLength(given));
  const found: [row: number, given: number, predicted: number][] = [];
  for (let row = 0; row < known.length; row++) {
    const [mine, other] = [codesAt(given, row), codesAt(predicted, row)];
    if (!isKnown(mine) || !isKnown(other)) continue;
    known[row] = 1;
    const label = placesOf(given, mine, ours);
    const said = placesOf(predicted, other, theirs);
    for (const place of label) if (said.has(place)) found.push([row, place, place]);
    const missed = [...label].filter((place) => !said.has(place));
    const added = [...said].filter((place) => !label.has(place));
    if (!missed.length && !added.length) continue;
    for (const miss of missed.length ? missed : [nothing])
      for (const add of added.length ? added : [nothing]) found.push([row, miss, add]);
  }
  return {
    rows: Uint32Array.from(found, ([row]) => row),
    given: Int32Array.from(found, ([, place]) => place),
    predicted: Int32Array.from(found, ([, , place]) => place),
    known,
  };
}

/** Whether something is said of the item, if only that it has none of the classes. */
function isKnown(codes: Int32Array): boolean {
  return codes.length > 0 && codes[0] !== NO_CATEGORY && codes[0] !== OTHER_CATEGORY;
}

function placesOf(column: ClassColumn, codes: Int32Array, places: Int32Array): Set<number> {
  const named = new Set<number>();
  for (const code of codes) if (isNamed(column, code)) named.add(places[code]);
  return named;
}
