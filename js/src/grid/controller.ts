import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Items } from "../lib/data/items.ts";
import type { SelectOp } from "../lib/data/marks.ts";
import { Labelling } from "../lib/session/labelling.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { NO_EMBEDDINGS } from "../lib/wire/loadable.ts";
import { arrange } from "./arrange.ts";
import { EMPTY_LISTING, filterItems, type Listing } from "./listing.ts";
import { Neighbours } from "./neighbours.ts";
import { isNeighbourQuery, NO_QUERY } from "./query.ts";
import { type GridState, THUMBNAIL_SIZES } from "./state.ts";

const OP_OF = { kept: "keep", rejected: "reject", none: "unmark" } as const;

/** What a person can do in the grid, whatever the gesture: the keyboard, the mouse and the toolbar all end here. */
export class GridController {
  readonly neighbours: Neighbours;
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly labelling: Labelling;
  readonly wordsField: { current: HTMLInputElement | null } = { current: null };
  /** Whether a file is dragged over the grid. */
  readonly dropping = signal(false);
  /** What is on show. */
  readonly listing: ReadonlySignal<Listing>;
  /** Whether what is on show are neighbours: there, a click adds to the selection. */
  readonly showsNeighbours: ReadonlySignal<boolean>;
  /** Whether what is on show is still what was there before the neighbours asked for. */
  readonly waiting: ReadonlySignal<boolean>;

  constructor(
    readonly store: SessionStore,
    readonly view: number,
    readonly state: GridState,
  ) {
    this.neighbours = new Neighbours(store, view, state);
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    this.labelling = new Labelling({
      store,
      data: this.filter.data,
      notices: this.notices,
      column: () => state.groupBy.value || state.caption.value,
    });
    this.showsNeighbours = computed(() => isNeighbourQuery(state.query.value));
    let shown = EMPTY_LISTING;
    this.listing = computed(() => {
      const listing = this.#listingNow();
      if (listing) shown = arrange(listing, this.filter.data, state);
      return shown;
    });
    this.waiting = computed(() => this.showsNeighbours.value && !this.neighbours.state.value?.listing);
  }

  /** What passes the filters, or the neighbours; null while those are on their way. */
  #listingNow(): Listing | null {
    const { store, state } = this;
    if (this.showsNeighbours.value) return this.neighbours.state.value?.listing ?? null;
    const mark = state.markFilter.value;
    // Marks are read only where they matter: with no filter on them, a click must not re-filter a million items.
    const marks = mark === "all" ? store.selection.marks.peek() : store.selection.marks.value;
    return filterItems(this.items, this.filter.rows.mask.value, marks, mark);
  }

  get items(): Items {
    return this.filter.data.itemsNow;
  }

  /** Whether the items say what is where on them. */
  get hasObjects(): boolean {
    const dataset = this.store.dataset.value;
    return dataset.status === "ready" && dataset.value.hasObjects;
  }

  /** Names of the predictions that are kept of the items. */
  get keptPredictions(): string[] {
    const dataset = this.store.dataset.value;
    return dataset.status === "ready" ? dataset.value.predictions : [];
  }

  /** Whether boxes are drawn: where there are any, and a person wants to see them. */
  get draws(): boolean {
    const { boxes, predictions } = this.state;
    return boxes.value && (this.hasObjects || predictions.value !== null || this.keptPredictions.length > 0);
  }

  stop(): void {
    this.neighbours.stop();
  }

  // Focus

  keyAt(index: number): number | null {
    return this.listing.peek().keys[index] ?? null;
  }

  focus(index: number): void {
    const last = this.listing.peek().keys.length - 1;
    this.state.focusIndex = Math.max(0, Math.min(index, last));
    this.state.focusKey.value = this.keyAt(this.state.focusIndex);
  }

  /** After the listing changed: the same item if it is still there, else whatever is in its place. */
  refocus(): void {
    const { focusKey, focusIndex } = this.state;
    if (focusKey.peek() === null) return;
    const index = this.listing.peek().keys.indexOf(focusKey.peek() as number);
    if (index >= 0) this.state.focusIndex = index;
    else this.focus(focusIndex);
  }

  // Selection

  /**
   * A plain click: keeps only this item. Among neighbours it adds, and takes away what was added. Answers how to give
   * the item back the mark it had there.
   */
  pick(index: number): () => void {
    const key = this.#begin(index);
    if (key === null) return () => {};
    if (!this.showsNeighbours.peek()) {
      this.#keepOnly(key);
      return () => {};
    }
    const before = OP_OF[this.#marks.of(key) ?? "none"];
    this.#toggleKey(key);
    return () => this.#change(before, [key]);
  }

  toggle(index: number): void {
    const key = this.#begin(index);
    if (key !== null) this.#toggleKey(key);
  }

  /** Everything from the anchor to `index`, in display order. */
  extendTo(index: number, as: "replace" | "anchor"): void {
    const { state } = this;
    const keys = this.listing.peek().keys;
    const anchor = state.anchorKey === null ? -1 : keys.indexOf(state.anchorKey);
    const from = anchor < 0 ? state.focusIndex : anchor;
    if (anchor < 0) state.anchorKey = this.keyAt(from);
    this.focus(index);
    const range = keys.slice(Math.min(from, state.focusIndex), Math.max(from, state.focusIndex) + 1);
    state.picked = range;
    if (as === "anchor") this.#change(this.#marks.kept.has(keys[from]) ? "keep" : "unmark", range);
    else this.#change(this.showsNeighbours.peek() ? "keep" : "set", range);
  }

  /** What a rectangle was drawn over. */
  pickTogether(indices: number[], adds: boolean): void {
    const { state } = this;
    const keys = Uint32Array.from(indices, (index) => this.listing.peek().keys[index]);
    if (indices.length) this.focus(indices[indices.length - 1]);
    state.anchorKey = state.focusKey.peek();
    state.picked = keys;
    this.#change(adds || this.showsNeighbours.peek() ? "keep" : "set", keys);
  }

  /** Keep, reject or unmark: what was just picked together if the focus is still there, else the focused item. */
  mark(op: "keep" | "reject" | "unmark"): void {
    const { picked, focusKey } = this.state;
    const key = focusKey.peek();
    if (key !== null) this.#change(op, picked?.includes(key) ? picked : [key]);
  }

  markKeys(op: SelectOp, keys: Iterable<number>): void {
    this.state.picked = null;
    this.#change(op, keys);
  }

  /** All that is on show, and never more; what was rejected stays so, unless the rejected are what is on show. */
  keepAll(): void {
    const { keys } = this.listing.peek();
    const { rejected, rejectedCount } = this.#marks;
    const skip = this.state.markFilter.peek() !== "rejected" || this.showsNeighbours.peek();
    this.#change("keep", skip && rejectedCount ? keys.filter((key) => !rejected.has(key)) : keys);
  }

  /** Keeps all of these but for the rejected ones; once they all are kept, none of them. */
  toggleKeepAll(keys: Uint32Array): void {
    const { kept, rejected } = this.#marks;
    const mine = keys.filter((key) => !rejected.has(key));
    this.markKeys(mine.every((key) => kept.has(key)) ? "unmark" : "keep", mine);
  }

  toggleGroup(name: string): void {
    const collapsed = new Set(this.state.collapsed.peek());
    if (!collapsed.delete(name)) collapsed.add(name);
    this.state.collapsed.value = collapsed;
  }

  collapseAll(): void {
    this.state.collapsed.value = new Set(this.listing.peek().groups?.map(({ name }) => name));
  }

  clear(): void {
    this.state.picked = null;
    const kept = this.#marks.keptCount;
    if (!kept) return;
    this.#change("set", []);
    if (kept > 1) this.notices.say(`${kept.toLocaleString("en")} no longer kept`, true);
  }

  // Neighbours

  expand(): void {
    if (!this.canSearch()) return;
    if (!this.#marks.keptCount) {
      this.notices.say("Keep an item first: expanding adds its nearest neighbours");
      return;
    }
    void this.notices.attempt(async () => {
      const added = await this.store.expand(this.view, this.state.k.peek());
      this.notices.say(
        added ? `Added the ${added.toLocaleString("en")} nearest` : "Nothing near is left to add",
        added > 0,
      );
    });
  }

  showSimilar(key = this.state.focusKey.peek()): void {
    if (key === null || !this.canSearch()) return;
    this.state.preview.open.value = false;
    this.state.visit({ positive: [key], negative: [] });
  }

  closeNeighbours(): void {
    if (this.showsNeighbours.peek()) this.state.visit(NO_QUERY);
  }

  // The rest

  zoom(by: -1 | 1): void {
    const { min, max, step } = THUMBNAIL_SIZES;
    const { thumbnailSize } = this.state;
    thumbnailSize.value = Math.min(Math.max(thumbnailSize.peek() + by * step, min), max);
  }

  openPreview(index = this.state.focusIndex): void {
    if (!this.listing.peek().keys.length) return;
    this.focus(index);
    this.state.preview.open.value = true;
  }

  /** Shows an item in the preview, if it is listed; else the neighbours of it. */
  goTo(key: number): void {
    const index = this.listing.peek().keys.indexOf(key);
    if (index >= 0) this.focus(index);
    else this.showSimilar(key);
  }

  get #marks() {
    return this.store.selection.marks.peek();
  }

  #begin(index: number): number | null {
    this.focus(index);
    this.state.picked = null;
    this.state.anchorKey = this.state.focusKey.peek();
    return this.state.anchorKey;
  }

  #keepOnly(key: number): void {
    const before = this.#marks.keptCount;
    if (before === 1 && this.#marks.kept.has(key)) return;
    this.#change("set", [key]);
    if (before > 1)
      this.notices.say(`Only this one is kept now, no longer ${before.toLocaleString("en")}`, true);
  }

  #toggleKey(key: number): void {
    this.#change(this.#marks.kept.has(key) ? "unmark" : "keep", [key]);
  }

  #change(op: SelectOp, keys: Iterable<number>): void {
    this.notices.clear();
    this.store.selection.change(op, keys);
  }

  /** Whether there are vectors to search; says so where there are none. */
  canSearch(): boolean {
    const dataset = this.store.dataset.peek();
    if (dataset.status !== "ready") return false;
    if (dataset.value.embeddings === null) this.notices.say(NO_EMBEDDINGS);
    return dataset.value.embeddings !== null;
  }
}
