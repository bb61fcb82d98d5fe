import { type ReadonlySignal, signal } from "@preact/signals";
import { encodeKeys } from "../data/bitset.ts";
import { Filter } from "../data/filter.ts";
import { Selection } from "../data/selection.ts";
import { parseSelection } from "../data/selection-state.ts";
import { ViewData } from "../data/view-data.ts";
import { DrawnObjects } from "../pictures/drawn-objects.ts";
import { Thumbnails } from "../pictures/thumbnails.ts";
import { asCount, asObject, asString, type Json } from "../wire/checks.ts";
import { Connection } from "../wire/connection.ts";
import { LOADING, type Loadable, messageOf } from "../wire/loadable.ts";
import type { ColumnInfo } from "../wire/protocol.ts";
import { type DatasetFacts, parseColumns, parseDataset, parseNames } from "../wire/protocol.ts";
import { Rpc } from "../wire/rpc.ts";
import type { Transport } from "../wire/transport.ts";

/** If a change was answered but its event did not come, the event was lost on the way: ask for the whole state. */
const RESYNC_AFTER = 5_000;

/** Whether a label takes the place of those that an item has, or comes to them, where it may have several. */
export type LabelOp = "set" | "add";

/** What is being dragged from one place of the page to another: these items. */
export interface Dragged {
  keys: Uint32Array<ArrayBuffer>;
}

/**
 * Everything the views of one data set share in this page: one connection, one selection, one thumbnail cache. Views
 * read its signals, so they agree in the same frame, with no trip to the kernel.
 */
export class SessionStore {
  readonly rpc: Rpc;
  readonly connection: Connection;
  readonly selection: Selection;
  readonly thumbnails: Thumbnails;
  readonly objects: DrawnObjects;
  /** What all linked views let pass. */
  readonly filter = new Filter();
  /** The item under the pointer, in whichever view: the others show where it is. */
  readonly hovered = signal<number | null>(null);
  /** Items that are being dragged, from whichever view: those that can take them show where they would land. */
  readonly dragged = signal<Dragged | null>(null);
  /** The revision with the last change of the selection that was made in this page. */
  readonly changed = signal(-1);
  readonly #dataset = signal<Loadable<DatasetFacts>>(LOADING);
  /** By the number of the items that a view shows: views of the same ones share their columns. */
  readonly #data = new Map<number, ViewData>();
  readonly #itemsOf = new Map<number, number>();
  readonly #held = new Map<number, number>();
  readonly #viewStates = new Map<string, unknown>();
  readonly #columnListeners = new Set<(names: string[]) => void>();
  #started = false;
  /** The last change that the kernel refused: one that a view had already shown, or an undo. */
  readonly refusal = signal<{ reason: string } | null>(null);

  constructor(transport: Transport) {
    this.rpc = new Rpc(transport);
    this.connection = new Connection(this.rpc);
    this.selection = new Selection((op, keys) => this.#sendChange(op, keys));
    this.selection.onRefused = (error) => {
      this.refusal.value = { reason: error.message };
    };
    this.thumbnails = new Thumbnails(this.rpc);
    this.objects = new DrawnObjects(this.rpc);
    this.rpc.onEvent = (event, body, buffers) => this.#onEvent(event, body, buffers);
  }

  get dataset(): ReadonlySignal<Loadable<DatasetFacts>> {
    return this.#dataset;
  }

  /** What can be shown, filtered and sorted by. */
  get columns(): ColumnInfo[] {
    const dataset = this.#dataset.value;
    return dataset.status === "ready" ? dataset.value.columns : [];
  }

  /** Calls back with the names of columns whose values have changed; with all of them when the data set has. */
  onColumns(listener: (names: string[]) => void): () => void {
    this.#columnListeners.add(listener);
    return () => this.#columnListeners.delete(listener);
  }

  /** Says hello, once. Not part of construction: `initialize` must be over before the kernel is asked anything. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#hello();
  }

  /** Says that a view shows the same items as the view of that number, which is the first one to. */
  knowItems(view: number, items: number): void {
    this.#itemsOf.set(view, items);
  }

  /** A mounted view holds its columns; the last one to go takes them along, for re-run cells leave views behind. */
  hold(view: number): () => void {
    const items = this.#itemsOf.get(view) ?? view;
    this.#held.set(items, (this.#held.get(items) ?? 0) + 1);
    return () => {
      const left = (this.#held.get(items) ?? 1) - 1;
      this.#held.set(items, left);
      if (left > 0) return;
      this.#held.delete(items);
      this.#data.delete(items);
    };
  }

  /** The items and columns of a view, loaded on first use and again whenever the data set changes. */
  data(view: number): ViewData {
    const items = this.#itemsOf.get(view) ?? view;
    let data = this.#data.get(items);
    if (!data) {
      data = new ViewData(this.rpc, items);
      this.#data.set(items, data);
      if (this.#dataset.peek().status === "ready") void data.reload();
    }
    return data;
  }

  /** State of a view that must outlive its DOM: a notebook may take a cell's output away and show it again. */
  viewState<T>(view: string, create: () => T): T {
    if (!this.#viewStates.has(view)) this.#viewStates.set(view, create());
    return this.#viewStates.get(view) as T;
  }

  /** Takes back what was done last, in whichever view. */
  async undo(): Promise<void> {
    await this.#step("undo");
  }

  async redo(): Promise<void> {
    await this.#step("redo");
  }

  /** Keeps the `k` nearest items to what is kept; says how many that were. */
  async expand(view: number, k: number): Promise<number> {
    const { results } = await this.rpc.request("expand", { k, view }).answer;
    this.#expectRevision(asCount(results[0].revision, "revision"));
    return asCount(results[0].added, "added");
  }

  /** Gives items a label, as one edit that is undone like any other; says how many had another one before. */
  async label(column: string, label: string, op: LabelOp, keys: Uint32Array<ArrayBuffer>): Promise<number> {
    const { encoding, bytes } = encodeKeys(keys);
    const params = { column, label, op, encoding };
    const { results } = await this.rpc.request("label", params, { buffers: [bytes], timeout: 0 }).answer;
    return asCount(results[0].changed, "changed");
  }

  async #hello(): Promise<void> {
    try {
      // No time-out: on some hosts the answer waits until the running cell is done, however long that takes.
      const { results, buffers } = await this.rpc.request("hello", {}, { timeout: 0 }).answer;
      const facts = parseDataset(results[0]);
      this.selection.accept(parseSelection(asObject(results[0].selection, "selection"), buffers));
      this.#setDataset(facts);
    } catch (error) {
      if (this.#dataset.value.status === "loading") {
        this.#dataset.value = { status: "failed", reason: messageOf(error) };
      }
    }
  }

  #setDataset(facts: DatasetFacts): void {
    this.#dataset.value = { status: "ready", value: facts };
    for (const data of this.#data.values()) void data.reload();
  }

  #onEvent(event: string, body: Json, buffers: DataView[]): void {
    try {
      if (event === "selection") {
        this.selection.accept(parseSelection(body, buffers), typeof body.ack === "string" ? body.ack : null);
      } else if (event === "dataset") {
        this.thumbnails.expire();
        this.objects.expire();
        this.#setDataset(parseDataset(body));
        this.#tellOfColumns(this.columns.map(({ name }) => name));
      } else if (event === "predictions") {
        this.objects.expirePredictions(asString(body.name, "name"));
      } else if (event === "columns") {
        this.#setColumns(parseNames(body.names, "names"), {
          columns: parseColumns(body.columns),
          labels: parseNames(body.labels, "labels"),
        });
      }
    } catch (error) {
      console.error("[nbcurate]", error);
    }
  }

  /** A few columns have other values, or are new; the items are what they were. */
  #setColumns(names: string[], told: Pick<DatasetFacts, "columns" | "labels">): void {
    const dataset = this.#dataset.peek();
    if (dataset.status !== "ready") return;
    if (names.includes("label")) {
      this.thumbnails.expire(); // what stands under a picture, and on it
      this.objects.expire();
    }
    this.#dataset.value = { status: "ready", value: { ...dataset.value, ...told } };
    for (const data of this.#data.values()) data.refresh(names);
    this.#tellOfColumns(names);
  }

  #tellOfColumns(names: string[]): void {
    for (const listener of this.#columnListeners) listener(names);
  }

  #sendChange(op: string, keys: Uint32Array<ArrayBuffer>) {
    const { encoding, bytes } = encodeKeys(keys);
    // No time-out: a busy kernel may take minutes, and the change is shown all the while.
    const call = this.rpc.request("select", { op, encoding }, { buffers: [bytes], timeout: 0 });
    const revision = call.answer.then(({ results }) => asCount(results[0].revision, "revision"));
    revision.then(
      (number) => this.#expectRevision(number),
      () => {},
    );
    return { id: call.id, revision };
  }

  async #step(method: "undo" | "redo"): Promise<void> {
    try {
      const { results } = await this.rpc.request(method).answer;
      this.#expectRevision(asCount(results[0].revision, "revision"));
    } catch (error) {
      this.refusal.value = { reason: messageOf(error) };
    }
  }

  #expectRevision(revision: number): void {
    this.changed.value = revision;
    setTimeout(() => {
      if (this.selection.revision < revision) void this.#hello();
    }, RESYNC_AFTER);
  }
}
