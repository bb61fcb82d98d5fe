/** Which colour each point has, and the legend that says what it means. */
import {
  type ClassColumn,
  type Column,
  categoryName,
  codesAt,
  columnLength,
  dateText,
  holdsClasses,
  type ListColumn,
  type NumberColumn,
  numberText,
} from "../lib/data/columns.ts";
import { binCodes, binsOf, countCodes, edgesOf } from "../lib/data/counts.ts";
import type { Filter, Mask } from "../lib/data/filter.ts";
import type { Marks } from "../lib/data/marks.ts";
import { categoryColour, NEUTRAL, type Rgb, rampColour } from "../lib/ui/palette.ts";

export interface LegendEntry {
  /** Place in the palette. */
  place: number;
  title: string;
  colour: Rgb;
  /** Filters by what it stands for, or takes that filter away; null where one cannot. */
  toggle: ((filter: Filter) => void) | null;
  /** Whether the filter lets just this and its like pass. */
  isChosen(filter: Filter): boolean;
}

export interface Colouring {
  /** What the colours show: a column, the selection, or nothing. */
  title: string;
  palette: Rgb[];
  /** Place in the palette of each row. */
  places: Uint16Array;
  legend: LegendEntry[];
  /** Whether the entries are names that can be written on the map. */
  named: boolean;
  /** Where rows have several classes: these, and the place in the palette of each code, from -2 on. */
  several?: { column: ListColumn; placeOf: Uint16Array };
}

/** More categories than this share the neutral colour. */
const MAX_COLOURED = 4_000;
const MAX_BINS = 8;
/** The palette's first place is for what has no value or too rare a one. */
const NEUTRAL_PLACE = 0;

export function colourByNothing(count: number): Colouring {
  return {
    title: "",
    palette: [categoryColour(0, false)],
    places: new Uint16Array(count),
    legend: [],
    named: false,
  };
}

export function colourByColumn(column: Column, dark: boolean): Colouring {
  return holdsClasses(column) ? colourByClass(column, dark) : colourByNumber(column);
}

/**
 * The most frequent categories have the colours that differ most. A row of several has that of the rarest of them:
 * what most rows have would hide what few have.
 */
function colourByClass(column: ClassColumn, dark: boolean): Colouring {
  const counts = countCodes(column, null);
  const ranked = column.categories.map((_, code) => code).sort((a, b) => counts[b + 2] - counts[a + 2]);
  const coloured = ranked.slice(0, MAX_COLOURED);
  const placeOf = new Uint16Array(column.categories.length + 3);
  coloured.forEach((code, rank) => {
    placeOf[code + 2] = rank + 1;
  });
  const entry = (place: number, title: string, colour: Rgb): LegendEntry => ({
    place,
    title,
    colour,
    toggle: (filter) => filter.toggle(column.name, title),
    isChosen: (filter) => filter.chosen(column.name)?.has(title) ?? false,
  });
  const legend = coloured.map((code, rank) =>
    entry(rank + 1, categoryName(column, code), categoryColour(rank, dark)),
  );
  const palette = [NEUTRAL, ...coloured.map((_, rank) => categoryColour(rank, dark))];
  for (const code of [-2, -1]) {
    if (counts[code + 2]) legend.push(entry(NEUTRAL_PLACE, categoryName(column, code), NEUTRAL));
  }
  const empty = column.categories.length;
  if (counts[empty + 2]) {
    placeOf[empty + 2] = palette.push(NEUTRAL) - 1; // a place of its own, as it is counted apart
    legend.push(entry(placeOf[empty + 2], categoryName(column, empty), NEUTRAL));
  }
  return {
    title: column.name,
    palette,
    places: placesOf(column, placeOf),
    legend,
    named: true,
    ...(column.kind === "list" && { several: { column, placeOf } }),
  };
}

/** Places go by how frequent a category is, so the rarest of several has the last. */
function placesOf(column: ClassColumn, placeOf: Uint16Array): Uint16Array {
  if (column.kind === "category") return Uint16Array.from(column.codes, (code) => placeOf[code + 2]);
  return Uint16Array.from({ length: columnLength(column) }, (_, row) =>
    codesAt(column, row).reduce((last, code) => Math.max(last, placeOf[code + 2]), 0),
  );
}

/** Whether a row has what stands at a place of the palette: of several classes any. */
export function hasPlace({ places, several }: Colouring, row: number, place: number): boolean {
  if (!several) return places[row] === place;
  return codesAt(several.column, row).some((code) => several.placeOf[code + 2] === place);
}

function colourByNumber(column: NumberColumn): Colouring {
  const bins = binsOf(column, MAX_BINS);
  const text = column.kind === "date" ? dateText : numberText;
  if (!bins) return { ...colourByNothing(column.values.length), title: column.name, palette: [NEUTRAL] };
  const colours = Array.from({ length: bins.count }, (_, bin) =>
    rampColour(bins.count > 1 ? bin / (bins.count - 1) : 0.5),
  );
  const legend = colours.map((colour, bin): LegendEntry => {
    const [low, high] = edgesOf(bins, bin);
    const isChosen = (filter: Filter) => {
      const range = filter.range(column.name);
      return range !== null && range[0] <= low && range[1] >= high;
    };
    return {
      place: bin + 1,
      title: `${text(low)} – ${text(high)}`,
      colour,
      isChosen,
      toggle: (filter) =>
        filter.restrict(column.name, isChosen(filter) ? null : [low, high], column.kind === "date"),
    };
  });
  return {
    title: column.name,
    palette: [NEUTRAL, ...colours],
    places: Uint16Array.from(binCodes(column, bins), (bin) => bin + 1),
    legend,
    named: false,
  };
}

const MARK_NAMES = ["unmarked", "kept", "rejected"];

export function colourBySelection(keys: Uint32Array, marks: Marks, dark: boolean): Colouring {
  const palette: Rgb[] = [NEUTRAL, categoryColour(0, dark), categoryColour(3, dark)];
  const places = Uint16Array.from(keys, (key) =>
    marks.kept.has(key) ? 1 : marks.rejected.has(key) ? 2 : NEUTRAL_PLACE,
  );
  const legend = palette.map((colour, place) => ({
    place,
    title: MARK_NAMES[place],
    colour,
    toggle: null,
    isChosen: () => false,
  }));
  return { title: "selection", palette, places, legend, named: false };
}

/** How many of the rows that pass have each place of the palette; one of several classes counts in each. */
export function countPlaces({ places, palette, several }: Colouring, mask: Mask | null): Uint32Array {
  const counts = new Uint32Array(palette.length);
  if (several) {
    countCodes(several.column, mask).forEach((count, at) => {
      counts[several.placeOf[at]] += count;
    });
    return counts;
  }
  for (let row = 0; row < places.length; row++) if (!mask || mask.rows[row]) counts[places[row]]++;
  return counts;
}
