import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ShownPictures } from "../lib/pictures/shown-pictures.tsx";
import { Labelling } from "../lib/session/labelling.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { LOADING, type Loadable, messageOf } from "../lib/wire/loadable.ts";
import { type Card, type Cards, nextLevel, ordered, parseCards } from "./cards.ts";
import type { ClustersState } from "./state.ts";

/** The column that says in which cluster an item is. */
const COLUMN = "cluster";

type Change = {
  op: "level" | "rename" | "merge" | "split";
  names?: string[];
  name?: string;
  number?: number;
};

/** The clusters as cards, and what a person can do with them. */
export class ClustersController {
  readonly filter: ViewFilter;
  readonly pictures: ShownPictures;
  readonly notices = new Notices();
  readonly labelling: Labelling;
  readonly loaded = signal<Loadable<Cards>>(LOADING);
  /** In the order that a person chose. */
  readonly cards: ReadonlySignal<Card[]>;
  /** How many items of each card are kept. */
  readonly kept: ReadonlySignal<ReadonlyMap<string, number>>;
  readonly #stop: () => void;
  #asked = 0;

  constructor(
    readonly store: SessionStore,
    readonly view: number,
    readonly state: ClustersState,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    this.pictures = new ShownPictures(store);
    this.labelling = new Labelling({
      store,
      data: this.filter.data,
      notices: this.notices,
      column: () => null,
    });
    this.cards = computed(() => {
      const loaded = this.loaded.value;
      return loaded.status === "ready" ? ordered(loaded.value.cards, state.order.value) : [];
    });
    this.kept = computed(() => this.#countKept());
    this.#stop = store.onColumns((names) => {
      if (names.includes(COLUMN) || names.includes("label")) void this.load();
    });
    void this.load();
  }

  stop(): void {
    this.#stop();
    this.pictures.stop();
  }

  /** Fetches the cards. What is shown stays until they are here. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const { inside, parts } = this.state;
    try {
      const params = { view: this.view, inside: inside.peek(), parts: parts.peek() };
      const { results, buffers } = await this.store.rpc.request("clusters", params, { timeout: 0 }).answer;
      if (asked === this.#asked) this.#show(parseCards(results[0], buffers));
    } catch (error) {
      if (asked !== this.#asked) return;
      // A cluster that was opened may be gone since.
      if (inside.peek() !== null) this.open(null);
      else this.loaded.value = { status: "failed", reason: messageOf(error) };
    }
  }

  // Looking

  /** Shows what a cluster would be split into; null: all clusters. */
  open(name: string | null): void {
    batch(() => {
      this.state.inside.value = name;
      this.state.ticked.value = new Set();
      this.state.renaming.value = null;
    });
    void this.load();
  }

  setParts(parts: number): void {
    this.state.parts.value = Math.min(Math.max(parts, 2), 64);
    void this.load();
  }

  isFiltered(name: string): boolean {
    return this.filter.filter.value.chosen(COLUMN)?.has(name) ?? false;
  }

  /** Filters every linked view to a cluster; once more: takes the filter away. With `add`, beside those chosen. */
  toggleFilter(name: string, add: boolean): void {
    const filter = this.filter.filter.peek();
    const chosen = filter.chosen(COLUMN);
    if (add) filter.toggle(COLUMN, name);
    else filter.choose(COLUMN, chosen?.size === 1 && chosen.has(name) ? [] : [name]);
  }

  tick(name: string): void {
    const ticked = new Set(this.state.ticked.peek());
    if (!ticked.delete(name)) ticked.add(name);
    this.state.ticked.value = ticked;
  }

  // Selecting

  /** Keeps all items of a card but the rejected; once all are kept, keeps them no more. */
  toggleKeep(card: Card): void {
    const { kept, rejected } = this.store.selection.marks.peek();
    const keys = this.#membersOf(card).filter((key) => !rejected.has(key));
    this.store.selection.change(keys.length && keys.every((key) => kept.has(key)) ? "unmark" : "keep", keys);
  }

  /** Keeps the most typical item of each card that is ticked, or of all. */
  keepOneEach(): void {
    const ticked = this.state.ticked.peek();
    const cards = this.cards.peek().filter(({ name }) => !ticked.size || ticked.has(name));
    this.store.selection.change(
      "keep",
      cards.flatMap(({ pictures }) => pictures.slice(0, 1)),
    );
    const what = this.state.inside.peek() === null ? "clusters" : "parts";
    this.notices.say(`Kept the most typical of each of ${cards.length.toLocaleString("en")} ${what}`);
  }

  #membersOf({ name, members }: Card): Uint32Array {
    if (members) return members;
    const column = this.filter.data.columnNow(COLUMN);
    if (column?.kind !== "category") return new Uint32Array();
    const code = column.categories.indexOf(name);
    return this.filter.data.itemsNow.keys.filter((_, row) => column.codes[row] === code);
  }

  // Arranging

  /** To the next coarser or finer cut of the hierarchy. */
  step(direction: -1 | 1): void {
    const level = this.levelAt(direction);
    if (level !== null) void this.#change({ op: "level", number: level });
  }

  levelAt(direction: -1 | 1): number | null {
    const loaded = this.loaded.value;
    if (loaded.status !== "ready" || loaded.value.inside !== null) return null;
    const { levels, level, total } = loaded.value;
    return nextLevel(levels, level ?? total, direction);
  }

  rename(name: string, to: string): void {
    this.state.renaming.value = null;
    if (!to.trim() || to.trim() === name) return;
    void this.#change({ op: "rename", names: [name], name: to.trim() }).then((done) => {
      if (done && this.isFiltered(name)) this.filter.filter.peek().choose(COLUMN, [to.trim()]);
    });
  }

  split(name: string, parts = 2): void {
    void this.#change({ op: "split", names: [name], number: parts }).then((done) => {
      if (done && this.state.inside.peek() !== null) this.open(null);
    });
  }

  merge(): void {
    const names = [...this.state.ticked.peek()];
    if (names.length < 2) this.notices.say("Tick two or more clusters to merge");
    else void this.#change({ op: "merge", names });
  }

  async #change({ op, names = [], name, number = 1 }: Change): Promise<boolean> {
    const params = { view: this.view, op, names, name: name ?? null, number };
    return this.notices.attempt(async () => {
      await this.store.rpc.request("arrange", params, { timeout: 0 }).answer;
      this.state.ticked.value = new Set();
    });
  }

  #show(cards: Cards): void {
    const names = new Set(cards.cards.map(({ name }) => name));
    const { ticked } = this.state;
    batch(() => {
      this.loaded.value = { status: "ready", value: cards };
      if ([...ticked.peek()].some((name) => !names.has(name))) {
        ticked.value = new Set([...ticked.peek()].filter((name) => names.has(name)));
      }
    });
  }

  #countKept(): ReadonlyMap<string, number> {
    const column = this.filter.data.columnNow(COLUMN);
    const { kept, keptCount } = this.store.selection.marks.value;
    const parts = this.cards.value.filter(({ members }) => members !== null);
    if (parts.length) {
      return new Map(
        parts.map(({ name, members }) => [name, members?.filter((key) => kept.has(key)).length ?? 0]),
      );
    }
    if (column?.kind !== "category" || !keptCount) return new Map();
    const { keys } = this.filter.data.itemsNow;
    if (keys.length !== column.codes.length) return new Map();
    const counts = new Uint32Array(column.categories.length);
    for (let row = 0; row < keys.length; row++) {
      const code = column.codes[row];
      if (code >= 0 && kept.has(keys[row])) counts[code]++;
    }
    return new Map(column.categories.map((name, code) => [name, counts[code]]));
  }
}
