import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { Bitset } from "../lib/data/bitset.ts";
import { holdsClasses } from "../lib/data/columns.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { LOADING, type Loadable, messageOf } from "../lib/wire/loadable.ts";
import { countMatrix, type Matrix, type ShownClasses, shownClasses } from "./matrix.ts";
import { type ObjectPairs, pairsFrom, parseObjectPairs } from "./object-pairs.ts";
import { type Pairs, pairsOf } from "./pairs.ts";
import type { ConfusionState, Place } from "./state.ts";

/** The matrix, and what a person can do with its cells. */
export class ConfusionController {
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly pairs: ReadonlySignal<Pairs | null>;
  readonly shown: ReadonlySignal<ShownClasses | null>;
  readonly matrix: ReadonlySignal<Matrix | null>;
  /** Side of a cell in px, as it was drawn last. */
  cell = 26;
  /** Of an evaluation of objects, its pairs at any score. */
  readonly objects: Signal<Loadable<ObjectPairs>> = signal(LOADING);
  readonly #stop: () => void;
  #version = 0;
  /** The cell under the pointer. */
  readonly pointed = signal<Place | null>(null);

  constructor(
    readonly store: SessionStore,
    private readonly view: number,
    readonly state: ConfusionState,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    const { data } = this.filter;
    this.pairs = computed(() => {
      const name = state.evaluated.value;
      if (name) {
        const all = this.objects.value;
        if (all.status !== "ready" || !data.itemsNow.count) return null;
        return pairsFrom(all.value, data.itemsNow, store.objects.filter.of(name).score);
      }
      const [label, prediction] = [data.columnNow(state.label.value), data.columnNow(state.prediction.value)];
      return holdsClasses(label) && holdsClasses(prediction) ? pairsOf(label, prediction) : null;
    });
    this.shown = computed(() => {
      const pairs = this.pairs.value;
      return pairs && shownClasses(pairs, state.order.value);
    });
    this.matrix = computed(() => {
      const [pairs, shown] = [this.pairs.value, this.shown.value];
      if (!pairs || !shown) return null;
      const { kept, keptCount } = store.selection.marks.value;
      const mask = this.filter.rows.without(this.#ownFilter).value;
      return countMatrix(pairs, shown, data.itemsNow.keys, mask, keptCount ? kept : null);
    });
    this.#stop = effect(() => {
      store.objects.changed.value;
      const name = state.evaluated.value;
      untracked(() => void this.#load(name));
    });
  }

  stop(): void {
    this.#stop();
    this.#version++;
  }

  async #load(name: string): Promise<void> {
    const version = ++this.#version;
    if (!name) return;
    try {
      const params = { view: this.view, predictions: name };
      const answer = await this.store.rpc.request("pairs", params, { timeout: 0 }).answer;
      if (version === this.#version)
        this.objects.value = { status: "ready", value: parseObjectPairs(answer) };
    } catch (error) {
      if (version === this.#version) this.objects.value = { status: "failed", reason: messageOf(error) };
    }
  }

  /** What the view's own filter goes by: it leaves that one out, or the matrix would be down to one cell. */
  get #ownFilter(): string {
    return `confusion:${this.state.label.value}:${this.state.prediction.value}`;
  }

  /** Name of the class of a row or a column. */
  nameAt(place: number): string {
    const [pairs, shown] = [this.pairs.value, this.shown.value];
    return pairs && shown ? pairs.names[shown.order[place]] : "";
  }

  /** What a person reads of a cell's classes: given and predicted. */
  titleOf({ row, column }: Place): string {
    if (column < 0) return `given ${this.nameAt(row)}`;
    if (row < 0) return `predicted ${this.nameAt(column)}`;
    return `${this.nameAt(row)} → ${this.nameAt(column)}`;
  }

  /** Whether the linked views are filtered to this cell by this view. */
  isFiltered(place: Place): boolean {
    const by = this.state.filteredBy.value;
    if (!by || !this.filter.filter.value.predicates.value.has(this.#ownFilter)) return false;
    return by.given === this.#given(place) && by.predicted === this.#predicted(place);
  }

  #given({ row }: Place): string | null {
    return row < 0 ? null : this.nameAt(row);
  }

  #predicted({ column }: Place): string | null {
    return column < 0 ? null : this.nameAt(column);
  }

  /** Does what a click is set to do; `adds`: selects, and leaves what is selected already. */
  act(place: Place, adds: boolean): void {
    if (!adds && this.state.action.peek() === "filter") this.toggleFilter(place);
    else this.select(place, adds);
  }

  /**
   * Keeps exactly the items of a cell that the filter lets pass; with `adds` these as well, or, once all of them are
   * kept, keeps them no more. What was rejected stays so.
   */
  select(place: Place, adds: boolean): void {
    const { selection } = this.store;
    const { kept, rejected } = selection.marks.peek();
    const mine = this.#keysOf(place).filter((key) => !rejected.has(key));
    if (!mine.length) return;
    if (!adds) selection.change("set", mine);
    else selection.change(mine.every((key) => kept.has(key)) ? "unmark" : "keep", mine);
  }

  /** Filters the linked views to the items of a cell, or takes that filter away. */
  toggleFilter(place: Place): void {
    const filter = this.filter.filter.peek();
    if (this.isFiltered(place)) {
      filter.set(this.#ownFilter, null);
      return;
    }
    const keys = this.#keysOf(place);
    if (!keys.length) return;
    this.state.filteredBy.value = { given: this.#given(place), predicted: this.#predicted(place) };
    filter.set(this.#ownFilter, { type: "keys", keys: Bitset.fromKeys(keys), title: this.titleOf(place) });
  }

  keepNone(): void {
    if (this.store.selection.marks.peek().keptCount) this.store.selection.change("set", []);
  }

  /** The items of a cell that pass the other filters, each once. */
  #keysOf(place: Place): Uint32Array {
    const [pairs, shown] = [this.pairs.peek(), this.shown.peek()];
    if (!pairs || !shown) return new Uint32Array(0);
    const mask = this.filter.rows.without(this.#ownFilter).peek();
    const { keys } = this.filter.data.itemsNow;
    const given = place.row < 0 ? -1 : shown.order[place.row];
    const predicted = place.column < 0 ? -1 : shown.order[place.column];
    const found: number[] = [];
    let last = -1; // an item of several classes may be in a row more than once
    for (let at = 0; at < pairs.rows.length; at++) {
      const row = pairs.rows[at];
      if (row === last || (mask && !mask.rows[row])) continue;
      if ((given >= 0 && pairs.given[at] !== given) || (predicted >= 0 && pairs.predicted[at] !== predicted))
        continue;
      found.push(keys[row]);
      last = row;
    }
    return Uint32Array.from(found);
  }
}
