import { type GridLayout, rowTop } from "./layout.ts";
import { Tile } from "./tiles.ts";

/** A row of tiles, placed as a whole. */
class TileRow {
  readonly element = document.createElement("div");
  readonly tiles: Tile[];
  row = -1;
  #y = Number.NaN;

  constructor(columns: number) {
    this.element.className = "row";
    this.element.setAttribute("role", "row");
    this.tiles = Array.from({ length: columns }, (_, column) => new Tile(column));
    this.element.append(...this.tiles.map((tile) => tile.element));
  }

  place(row: number, layout: GridLayout, offset: number): void {
    if (this.row !== row) {
      this.row = row;
      this.element.setAttribute("aria-rowindex", String(row + 1));
    }
    const y = rowTop(layout, row) - offset;
    if (this.#y !== y) {
      this.#y = y;
      this.element.style.transform = `translateY(${y}px)`;
    }
  }
}

/** The rows of tiles that are in or near the window; those that leave it are used again for those that enter. */
export class TileRows {
  readonly #rows = new Map<number, TileRow>();

  constructor(private readonly sizer: HTMLElement) {}

  /** Has the rows `from` up to `to`, and no others, each in its place. */
  show(from: number, to: number, layout: GridLayout, offset: number): void {
    const spare: TileRow[] = [];
    for (const [row, tiles] of this.#rows) {
      if (row >= from && row < to) continue;
      this.#rows.delete(row);
      spare.push(tiles);
    }
    for (let row = from; row < to; row++) {
      let tiles = this.#rows.get(row);
      if (!tiles) {
        tiles = spare.pop() ?? new TileRow(layout.columns);
        this.#rows.set(row, tiles);
        if (!tiles.element.isConnected) this.sizer.append(tiles.element);
      }
      tiles.place(row, layout, offset);
    }
    for (const { element } of spare) element.remove();
  }

  /** Reused rows stand in any order; who reads the document instead of looking at it wants them in the right one. */
  sort(): void {
    let before: Element | null = null;
    for (const [, { element }] of [...this.#rows].sort(([a], [b]) => a - b)) {
      const next: Element | null = before ? before.nextElementSibling : this.sizer.firstElementChild;
      if (next !== element) this.sizer.insertBefore(element, next);
      before = element;
    }
  }

  clear(): void {
    for (const { element } of this.#rows.values()) element.remove();
    this.#rows.clear();
  }

  tile(row: number, column: number): Tile | undefined {
    return this.#rows.get(row)?.tiles[column];
  }

  forEach(visit: (tile: Tile, row: number, column: number) => void): void {
    for (const [row, { tiles }] of this.#rows) {
      tiles.forEach((tile, column) => {
        visit(tile, row, column);
      });
    }
  }
}
