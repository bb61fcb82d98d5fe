import { effect, signal, untracked } from "@preact/signals";
import { valueText } from "../lib/data/columns.ts";
import type { ThumbnailSize } from "../lib/wire/protocol.ts";
import type { GridController } from "./controller.ts";
import { DrawnTiles } from "./drawn-tiles.ts";
import { GroupHeads } from "./group-heads.ts";
import { HoverActions } from "./hover-actions.ts";
import { HoverPreview } from "./hover-preview.ts";
import {
  columnOf,
  type GridLayout,
  gridLayout,
  indexAt,
  indicesWithin,
  placeAt,
  type Rectangle,
  rowOf,
  rowsWithin,
  ScrollMap,
  sectionsWithin,
  topOfPlace,
  topToReveal,
} from "./layout.ts";
import type { Listing } from "./listing.ts";
import { listenToPointer } from "./pointer.ts";
import { ThumbnailWishes } from "./thumbnail-wishes.ts";
import { TileRows } from "./tile-rows.ts";
import type { Tile } from "./tiles.ts";

/** Rows kept ready above and below the window, so that a wheel step never meets an empty edge. */
const SPARE_ROWS = 2;

const SETTLED_AFTER = 180;

/**
 * The scrolling window over the tiles: a native scroller around one tall element, in which a few rows of pooled tiles
 * are moved to where the window is. Cost depends on the window's size only, never on the number of items.
 */
export class Viewport {
  readonly #scroller: HTMLElement;
  readonly #sizer = document.createElement("div");
  readonly #controller: GridController;
  readonly #size = signal({ width: 0, height: 0 });
  readonly #scroll = new ScrollMap();
  readonly #rows = new TileRows(this.#sizer);
  readonly #cleanups: (() => void)[] = [];
  readonly #hover: HoverActions;
  readonly #heads: GroupHeads;
  readonly #wishes: ThumbnailWishes;
  readonly #drawn: DrawnTiles;
  #layout: GridLayout = gridLayout(0, 0, 128);
  #listing: Listing | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(scroller: HTMLElement, controller: GridController) {
    this.#scroller = scroller;
    this.#controller = controller;
    this.#sizer.className = "sizer";
    this.#sizer.setAttribute("role", "presentation");
    scroller.append(this.#sizer);
    this.#hover = new HoverActions(scroller, controller);
    this.#heads = new GroupHeads(this.#sizer, controller);
    this.#drawn = new DrawnTiles(controller);
    this.#wishes = new ThumbnailWishes(controller.store.thumbnails, (from, to) =>
      this.#keysBetween(from, to),
    );
    const hoverPreview = new HoverPreview(scroller, controller);
    const { store, state } = controller;

    const onScroll = () => this.#onScroll();
    scroller.addEventListener("scroll", onScroll, { passive: true });
    const resized = new ResizeObserver(() => {
      this.#size.value = { width: scroller.clientWidth, height: scroller.clientHeight };
    });
    resized.observe(scroller);
    const root = scroller.getRootNode();
    const onKey = () => this.showFocus(true);
    root.addEventListener("keydown", onKey, { capture: true });
    this.#cleanups.push(
      () => scroller.removeEventListener("scroll", onScroll),
      () => root.removeEventListener("keydown", onKey, { capture: true }),
      () => resized.disconnect(),
      () => hoverPreview.destroy(),
      listenToPointer(this, scroller, controller),
      store.thumbnails.onLoaded(() => this.#fill()),
      effect(() => {
        const { width, height } = this.#size.value;
        const listing = controller.listing.value;
        const wanted = state.thumbnailSize.value;
        const settled = !controller.waiting.value;
        // A hidden view has no size: leave everything as it is until it shows again.
        if (width && height) untracked(() => this.#relayout(width, height, listing, wanted, settled));
      }),
      effect(() => {
        store.selection.marks.value;
        state.focusKey.value;
        state.caption.value && controller.filter.data.columnNow(state.caption.value);
        controller.showsNeighbours.value;
        store.hovered.value;
        this.#drawn.follow();
        untracked(() => this.#fill());
      }),
    );
  }

  destroy(): void {
    for (const cleanup of this.#cleanups) cleanup();
    clearTimeout(this.#settling);
    this.#wishes.stop();
    this.#sizer.remove();
  }

  get layout(): GridLayout {
    return this.#layout;
  }

  /** Rows that fit, for paging. */
  get page(): number {
    return Math.max(1, Math.floor(this.#size.peek().height / this.#layout.rowHeight));
  }

  /** Scrolls the focused item into view and gives it the keyboard focus. */
  revealFocus(takeFocus = true): void {
    const row = rowOf(this.#layout, this.#controller.state.focusIndex);
    this.#goTo(topToReveal(this.#layout, row, this.#scroll.top, this.#size.peek().height));
    if (takeFocus) this.takeFocus();
  }

  /** The ring around the focused tile is for the keyboard; a mouse shows where it is by itself. */
  showFocus(shown: boolean): void {
    this.#scroller.toggleAttribute("data-by-keyboard", shown);
  }

  takeFocus(): void {
    this.#focusTarget().focus({ preventScroll: true });
  }

  /** Positions of the items that a rectangle touches, given in px relative to the window. */
  indicesWithin({ left, top, right, bottom }: Rectangle): number[] {
    const { top: scrolled } = this.#scroll;
    const inContent = { left, right, top: top + scrolled, bottom: bottom + scrolled };
    const { width } = this.#size.peek();
    return indicesWithin(this.#layout, width, inContent);
  }

  #relayout(width: number, height: number, listing: Listing, wanted: number, settled: boolean): void {
    const { state } = this.#controller;
    const place = state.place;
    const columnsBefore = this.#layout.columns;
    const another = this.#listing !== listing;
    this.#listing = listing;
    const { keys } = listing;
    const groups = listing.groups?.map(({ count }) => count) ?? null;
    this.#layout = gridLayout(width, keys.length, wanted, groups);
    const { columns, tile, caption, rows } = this.#layout;
    this.#scroll.resize(this.#layout.height, height);
    this.#sizer.style.height = `${this.#scroll.scrollHeight}px`;
    this.#sizer.style.setProperty("--tile", `${tile}px`);
    this.#sizer.style.setProperty("--caption", `${caption}px`);
    this.#sizer.style.setProperty("--columns", String(columns));
    this.#scroller.setAttribute("aria-rowcount", String(rows));
    this.#scroller.setAttribute("aria-colcount", String(columns));
    if (columns !== columnsBefore) {
      this.#hover.hide();
      this.#rows.clear();
    }
    if (another) this.#controller.refocus();
    if (this.#layout.height) {
      const arriving = settled && state.nextPlace !== null;
      this.#goTo(topOfPlace(this.#layout, arriving ? (state.nextPlace as number) : place));
      if (arriving) this.#arrive();
      this.#sortRows();
    } else {
      this.#render();
    }
  }

  /** Neighbours come with the focus on the nearest, so that the keyboard goes on from there. */
  #arrive(): void {
    const { state, showsNeighbours } = this.#controller;
    state.nextPlace = null;
    if (showsNeighbours.peek() && state.focusKey.peek() === null) this.#controller.focus(0);
    else this.#controller.refocus();
  }

  #goTo(top: number): void {
    const scrollTop = this.#scroll.goTo(top);
    if (Math.abs(this.#scroller.scrollTop - scrollTop) >= 1) this.#scroller.scrollTop = scrollTop;
    this.#moved();
  }

  #onScroll(): void {
    const { scrollTop } = this.#scroller;
    // A hidden scroller reports 0; that is not a person scrolling to the top.
    if (!this.#scroller.clientHeight) return;
    this.#scroll.onScroll(scrollTop);
    this.#moved();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#goTo(this.#scroll.top);
      this.#sortRows();
    }, SETTLED_AFTER);
  }

  #moved(): void {
    this.#controller.state.place = placeAt(this.#layout, this.#scroll.top);
    this.#render();
  }

  #render(): void {
    const hadFocus = this.#hasFocus();
    const { height } = this.#size.peek();
    const [first, end] = rowsWithin(this.#layout, this.#scroll.top, height);
    const from = Math.max(first - SPARE_ROWS, 0);
    const to = Math.min(end + SPARE_ROWS, this.#layout.rows);
    this.#rows.show(from, to, this.#layout, this.#scroll.offset);
    this.#fill();
    if (hadFocus) {
      const target = this.#focusTarget();
      if (target !== this.#active) target.focus({ preventScroll: true });
    }
    this.#wishes.ask({ top: this.#scroll.top, height, size: this.#thumbnailSize });
  }

  /** Writes what is known about each item into its tile. */
  #fill(): void {
    const listing = this.#listing;
    if (!listing) return;
    const inView = sectionsWithin(this.#layout, this.#scroll.top, this.#size.peek().height);
    this.#heads.show(...inView, this.#layout, this.#scroll.offset);
    const { store, state } = this.#controller;
    const marks = store.selection.marks.peek();
    const size = this.#thumbnailSize;
    const noted = state.caption.peek() ? this.#controller.filter.data.columnNow(state.caption.peek()) : null;
    const hovered = store.hovered.peek();
    const { top } = this.#scroll;
    this.#drawn.want(this.#keysBetween(top, top + this.#size.peek().height), size);
    let focusShown = false;
    this.#rows.forEach((tile, row, column) => {
      const index = indexAt(this.#layout, row, column);
      const there = index >= 0;
      if (tile.element.hidden === there) tile.element.hidden = !there;
      if (!there) return;
      const key = listing.keys[index];
      const thumbnail = store.thumbnails.get(key, size);
      const focused = index === state.focusIndex && state.focusKey.peek() !== null;
      focusShown ||= focused;
      tile.show({
        key,
        index,
        mark: marks.of(key),
        similarity: listing.similarity?.[index] ?? null,
        thumbnail,
        label: thumbnail?.label ?? null,
        ...this.#drawn.on(key),
        size: this.#layout.tile,
        note: noted ? valueText(noted, this.#controller.items.rowOf(key)) : (thumbnail?.label ?? ""),
        focused,
        pointedAt: key === hovered,
      });
    });
    // One stop for the tab key: the focused tile, or the grid itself while that is out of sight.
    this.#scroller.tabIndex = focusShown ? -1 : 0;
  }

  #sortRows(): void {
    const hadFocus = this.#hasFocus();
    this.#rows.sort();
    // Moving an element takes the focus away from it.
    if (hadFocus && !this.#hasFocus()) this.takeFocus();
  }

  /** Keys of the items whose rows touch the content from one height to another. */
  #keysBetween(from: number, to: number): number[] {
    const [first, end] = rowsWithin(this.#layout, from, to - from);
    if (first >= end) return [];
    const last = end < this.#layout.rows ? indexAt(this.#layout, end, 0) : undefined;
    return [...(this.#listing?.keys.subarray(indexAt(this.#layout, first, 0), last) ?? [])];
  }

  get #thumbnailSize(): ThumbnailSize {
    return this.#layout.tile * Math.min(devicePixelRatio, 2) > 224 ? 384 : 192;
  }

  #focusedTile(): Tile | undefined {
    const { focusIndex, focusKey } = this.#controller.state;
    if (focusKey.peek() === null) return undefined;
    return this.#rows.tile(rowOf(this.#layout, focusIndex), columnOf(this.#layout, focusIndex));
  }

  #focusTarget(): HTMLElement {
    return this.#focusedTile()?.element ?? this.#scroller;
  }

  get #active(): Element | null {
    return (this.#scroller.getRootNode() as ShadowRoot | Document).activeElement;
  }

  #hasFocus(): boolean {
    return this.#scroller.contains(this.#active);
  }
}
