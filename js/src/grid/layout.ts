/** Geometry of the grid. Pure arithmetic, O(1) at any number of items. */

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
}

export const GAP = 10;
export const PADDING = 10;
const CAPTION = 20;
/** Below this a line of text under a tile is an ellipsis and little else. */
const CAPTION_FROM = 84;

/** Tiles are as near to `wanted` as fills the width evenly. */
export function gridLayout(width: number, count: number, wanted: number): GridLayout {
  const room = Math.max(width - 2 * PADDING, 1);
  const columns = Math.max(1, Math.round((room + GAP) / (wanted + GAP)));
  const tile = Math.max(1, Math.floor((room - (columns - 1) * GAP) / columns));
  const caption = tile >= CAPTION_FROM ? CAPTION : 0;
  const rowHeight = tile + caption + GAP;
  const rows = Math.ceil(count / columns);
  return { columns, tile, caption, rowHeight, rows, height: rows ? rows * rowHeight - GAP + 2 * PADDING : 0 };
}

export function rowTop(layout: GridLayout, row: number): number {
  return PADDING + row * layout.rowHeight;
}

/** The rows that touch the window from `top` to `top + height`: first and one past the last. */
export function rowsWithin(layout: GridLayout, top: number, height: number): [first: number, end: number] {
  const clamp = (row: number) => Math.min(Math.max(row, 0), layout.rows);
  return [
    clamp(Math.floor((top - PADDING) / layout.rowHeight)),
    clamp(Math.ceil((top + height - PADDING) / layout.rowHeight)),
  ];
}

export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Positions of the tiles that a rectangle on the content touches, of `count` in a grid `width` px wide. */
export function indicesWithin(layout: GridLayout, width: number, count: number, box: Rectangle): number[] {
  const { columns, tile, caption } = layout;
  // Rows are justified: what is left over by rounding is between the columns.
  const pitch = columns > 1 ? (width - 2 * PADDING - tile) / (columns - 1) : 0;
  const [first, end] = rowsWithin(layout, box.top, box.bottom - box.top);
  const indices: number[] = [];
  for (let row = first; row < end; row++) {
    if (rowTop(layout, row) + tile + caption < box.top) continue; // the rectangle is in the gap below this row
    for (let column = 0; column < columns; column++) {
      const x = PADDING + column * pitch;
      const index = row * columns + column;
      if (index < count && x <= box.right && x + tile >= box.left) indices.push(index);
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
