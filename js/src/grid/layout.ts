/** Geometry of the grid. Pure arithmetic: a row or a place is found in O(log groups), at any number of items. */

export interface GridLayout {
  columns: number;
  /** Edge of a square tile, px. */
  tile: number;
  /** Height of the line under a tile, 0 where tiles are too small for text. */
  caption: number;
  rowHeight: number;
  rows: number;
  /** Height of all rows together: more than a browser can scroll over, for large data sets. */
  height: number;
  /** Height of the line above each group, 0 where nothing is grouped. */
  header: number;
  sections: readonly Section[];
}

/** A group of the grid: it begins with a new row. Without groups all items are one. */
export interface Section {
  /** Index of its first item, and how many it has on show. */
  start: number;
  count: number;
  /** Number of its first row, of all rows of the grid. */
  row: number;
  rows: number;
  /** Where its header begins, px. */
  top: number;
}

export const GAP = 10;
export const PADDING = 10;
const CAPTION = 20;
const HEADER = 36;
/** Below this a line of text under a tile is an ellipsis and little else. */
const CAPTION_FROM = 84;

/** Tiles are as near to `wanted` as fills the width evenly. `groups`: how many items each group has on show. */
export function gridLayout(
  width: number,
  count: number,
  wanted: number,
  groups: readonly number[] | null = null,
): GridLayout {
  const room = Math.max(width - 2 * PADDING, 1);
  const columns = Math.max(1, Math.round((room + GAP) / (wanted + GAP)));
  const tile = Math.max(1, Math.floor((room - (columns - 1) * GAP) / columns));
  const caption = tile >= CAPTION_FROM ? CAPTION : 0;
  const rowHeight = tile + caption + GAP;
  const header = groups ? HEADER : 0;
  const sections: Section[] = [];
  let [start, row, top] = [0, 0, PADDING];
  for (const count_ of groups ?? [count]) {
    const rows = Math.ceil(count_ / columns);
    sections.push({ start, count: count_, row, rows, top });
    start += count_;
    row += rows;
    top += header + rows * rowHeight;
  }
  const height = row || groups?.length ? top - (row ? GAP : 0) + PADDING : 0;
  return { columns, tile, caption, rowHeight, rows: row, height, header, sections };
}

/** The last section that begins at or before `value`, by whichever of its places. */
function sectionAt(layout: GridLayout, place: "start" | "row" | "top", value: number): Section {
  const { sections } = layout;
  let [low, high] = [0, sections.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sections[middle][place] <= value) low = middle;
    else high = middle - 1;
  }
  return sections[low] ?? { start: 0, count: 0, row: 0, rows: 0, top: PADDING };
}

export function rowTop(layout: GridLayout, row: number): number {
  const section = sectionAt(layout, "row", row);
  return section.top + layout.header + (row - section.row) * layout.rowHeight;
}

/** The rows that touch the window from `top` to `top + height`: first and one past the last. */
export function rowsWithin(layout: GridLayout, top: number, height: number): [first: number, end: number] {
  const rowAt = (y: number, round: (row: number) => number) => {
    const section = sectionAt(layout, "top", y);
    const row = round((y - section.top - layout.header) / layout.rowHeight);
    return section.row + Math.min(Math.max(row, 0), section.rows);
  };
  return [rowAt(top, Math.floor), rowAt(top + height, Math.ceil)];
}

/** The sections whose header or rows touch the window: first and one past the last. */
export function sectionsWithin(
  layout: GridLayout,
  top: number,
  height: number,
): [first: number, end: number] {
  const at = (y: number) => layout.sections.indexOf(sectionAt(layout, "top", y));
  return layout.header ? [at(top), at(top + height) + 1] : [0, 0];
}

/** The item in a row and column, -1 where the row has none there. */
export function indexAt(layout: GridLayout, row: number, column: number): number {
  const section = sectionAt(layout, "row", row);
  const within = (row - section.row) * layout.columns + column;
  return within < section.count ? section.start + within : -1;
}

export function rowOf(layout: GridLayout, index: number): number {
  const section = sectionAt(layout, "start", index);
  return section.row + Math.floor((index - section.start) / layout.columns);
}

export function columnOf(layout: GridLayout, index: number): number {
  return (index - sectionAt(layout, "start", index).start) % layout.columns;
}

/** The item that is `by` rows further down, in the same column or the last one that there is. */
export function indexInRow(layout: GridLayout, index: number, by: number): number {
  const row = Math.min(Math.max(rowOf(layout, index) + by, 0), layout.rows - 1);
  for (let column = columnOf(layout, index); column > 0; column--) {
    if (indexAt(layout, row, column) >= 0) return indexAt(layout, row, column);
  }
  return indexAt(layout, row, 0);
}

export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Positions of the tiles that a rectangle on the content touches, in a grid `width` px wide. */
export function indicesWithin(layout: GridLayout, width: number, box: Rectangle): number[] {
  const { columns, tile, caption } = layout;
  // Rows are justified: what is left over by rounding is between the columns.
  const pitch = columns > 1 ? (width - 2 * PADDING - tile) / (columns - 1) : 0;
  const [first, end] = rowsWithin(layout, box.top, box.bottom - box.top);
  const indices: number[] = [];
  for (let row = first; row < end; row++) {
    if (rowTop(layout, row) + tile + caption < box.top) continue; // the rectangle is in the gap below this row
    for (let column = 0; column < columns; column++) {
      const x = PADDING + column * pitch;
      const index = indexAt(layout, row, column);
      if (index >= 0 && x <= box.right && x + tile >= box.left) indices.push(index);
    }
  }
  return indices;
}

/** Where the window's top must be so that `row` is in full view, moving as little as possible. */
export function topToReveal(layout: GridLayout, row: number, top: number, height: number): number {
  const start = rowTop(layout, row) - PADDING;
  const end = rowTop(layout, row) + layout.rowHeight - GAP + PADDING;
  if (start < top || end - start > height) return start;
  return end > top + height ? end - height : top;
}

/** Position of the first item in view, fractional: unlike pixels it survives another width or tile size. */
export function placeAt(layout: GridLayout, top: number): number {
  const [row] = rowsWithin(layout, top, 0);
  if (top <= 0 || row >= layout.rows) return 0;
  const into = Math.max(top + PADDING - rowTop(layout, row), 0) / layout.rowHeight;
  return indexAt(layout, row, 0) + into * layout.columns;
}

/** Where the window's top must be for that place. */
export function topOfPlace(layout: GridLayout, place: number): number {
  if (place <= 0 || !layout.rows) return 0;
  const row = rowOf(layout, Math.floor(place));
  const into = (place - indexAt(layout, row, 0)) / layout.columns;
  return rowTop(layout, row) - PADDING + into * layout.rowHeight;
}

/** Browsers stop at 33.5 (Chromium) or 17.9 (Firefox) million px; a million items need more. */
export const MAX_SCROLL_HEIGHT = 15_000_000;

/** A jump further than this many windows at once is someone dragging the scroll bar, not turning the wheel. */
const JUMP = 4;

/**
 * Maps a native scroll position onto rows. Up to the limit the two are the same. Above it, a jump maps by ratio and a
 * small move one to one, so that the wheel feels as always and the scroll bar still reaches every row.
 */
export class ScrollMap {
  /** Top of the window in content px. */
  top = 0;
  #scrollTop = 0;
  #height = 0;
  #window = 0;

  /** Height of the element that is really scrolled. */
  get scrollHeight(): number {
    return Math.min(this.#height, MAX_SCROLL_HEIGHT);
  }

  /** What to add to a scroll position to get a content position. Constant during small moves. */
  get offset(): number {
    return this.top - this.#scrollTop;
  }

  get maxTop(): number {
    return Math.max(this.#height - this.#window, 0);
  }

  resize(height: number, window: number): void {
    this.#height = height;
    this.#window = window;
  }

  /** The browser scrolled. */
  onScroll(scrollTop: number): void {
    const delta = scrollTop - this.#scrollTop;
    this.#scrollTop = scrollTop;
    const maxScroll = this.#maxScroll;
    if (this.#height <= MAX_SCROLL_HEIGHT) this.top = scrollTop;
    else if (scrollTop <= 0) this.top = 0;
    else if (scrollTop >= maxScroll) this.top = this.maxTop;
    else if (Math.abs(delta) > JUMP * this.#window) this.top = (scrollTop / maxScroll) * this.maxTop;
    else this.top = this.#clamp(this.top + delta);
  }

  /** Goes to `top`; answers the scroll position to set. */
  goTo(top: number): number {
    this.top = this.#clamp(top);
    this.#scrollTop = this.settled();
    return this.#scrollTop;
  }

  /**
   * The scroll position that belongs to where we are. After many small moves the native position has drifted from it;
   * setting it once the scrolling has come to rest moves the bar by less than a pixel and no picture at all.
   */
  settled(): number {
    if (this.#height <= MAX_SCROLL_HEIGHT) return this.top;
    return this.maxTop ? Math.round((this.top / this.maxTop) * this.#maxScroll) : 0;
  }

  get #maxScroll(): number {
    return Math.max(this.scrollHeight - this.#window, 0);
  }

  #clamp(top: number): number {
    return Math.min(Math.max(top, 0), this.maxTop);
  }
}
