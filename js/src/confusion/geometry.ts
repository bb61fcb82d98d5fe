/** How large the cells and the heads of a matrix are, and which of them are in the window. */
import type { Place } from "./state.ts";

const SMALLEST = 8;
const LARGEST = 96;
/** Cells that are to be read without zooming are no lower. */
const SMALLEST_FITTING = 20;
/** Cells may be wider than high, where there is room: so more digits fit. */
const WIDEST = 1.6;
/** Width of a letter and what is around a name, px. */
const LETTER = 6.8;
const PADDING = 18;
const LONGEST_HEAD = 170;
const FLAT_HEAD = 40;
const ZOOM = 1.3;

export interface Geometry {
  /** Height and width of a cell. */
  cell: number;
  wide: number;
  /** Width of the heads of rows, height of those of columns. */
  left: number;
  top: number;
  /** Whether the names of columns stand upright. */
  upright: boolean;
}

/**
 * Cells that fit the window where they can be read so; `chosen` is the height that a person zoomed to, 0 for that.
 * `axes` are written in the corner.
 */
export function geometryOf(
  names: string[],
  axes: string[],
  chosen: number,
  width: number,
  height: number,
): Geometry {
  const lengthOf = (texts: string[]) => Math.max(4, ...texts.map((text) => text.length)) * LETTER + PADDING;
  const longest = lengthOf(names);
  const corner = lengthOf(axes.map((axis) => `${axis} →`));
  const left = Math.min(Math.max(longest, corner), LONGEST_HEAD, Math.max(width * 0.34, 60));
  const count = names.length || 1;
  const across = Math.floor((width - left - 2) / count);
  const heightUnder = (top: number) =>
    chosen || Math.min(Math.max(Math.floor((height - top - 2) / count), SMALLEST_FITTING), LARGEST);
  const widthFor = (cell: number) => Math.max(cell, Math.min(across, Math.round(cell * WIDEST)));
  const upright = widthFor(heightUnder(FLAT_HEAD)) < longest;
  const top = upright ? Math.min(longest, LONGEST_HEAD, Math.max(height * 0.34, 60)) : FLAT_HEAD;
  const fitting = Math.min(heightUnder(top), Math.max(across, SMALLEST_FITTING));
  const cell = chosen || fitting;
  return { cell, wide: widthFor(cell), left, top, upright };
}

export function zoomed(cell: number, closer: boolean): number {
  return Math.round(Math.min(Math.max(closer ? cell * ZOOM : cell / ZOOM, SMALLEST), LARGEST));
}

/** The first and the last but one of the rows or columns in the window, with some to spare. */
export function inWindow(scrolled: number, room: number, cell: number, count: number): [number, number] {
  const first = Math.max(Math.floor(scrolled / cell) - 3, 0);
  return [first, Math.min(first + Math.ceil(room / cell) + 6, count)];
}

/** Scrolls so that a cell is not under the heads or out of the window. */
export function scrollTo(
  box: HTMLElement,
  { cell, wide, left, top }: Geometry,
  { row, column }: Place,
): void {
  const along = (at: number, place: number, side: number, room: number) => {
    if (place < 0 || room < side) return at;
    const from = place * side;
    return from < at ? from : Math.max(at, from + side - room);
  };
  box.scrollLeft = along(box.scrollLeft, column, wide, box.clientWidth - left);
  box.scrollTop = along(box.scrollTop, row, cell, box.clientHeight - top);
}
