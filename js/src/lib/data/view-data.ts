import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { asString } from "../wire/checks.ts";
import { LOADING, type Loadable, messageOf } from "../wire/loadable.ts";
import type { Rpc } from "../wire/rpc.ts";
import { type Column, columnLength, joinSlices, makeColumn } from "./columns.ts";
import { Items } from "./items.ts";

/** Where the items of a view lie; not-a-number: nowhere. */
export interface Coordinates {
  x: Float32Array;
  y: Float32Array;
}

/** Where they lie on a map of embeddings. */
export interface Projection extends Coordinates {
  /** The method that made it; not the wanted one where the kernel lacks that. */
  method: string;
}

/** Which map of the items. */
export interface Layout {
  method: string;
  /** Name of the embeddings, null: those made last. */
  encoder: string | null;
  /** Name of the embeddings whose map it is turned and mirrored onto. */
  onto: string | null;
}

/**
 * The columns of one view, each loaded when it is first looked at and again when the data set changes. All that are
 * there have the length of the items. Filtering, sorting and drawing need no kernel after this.
 */
export class ViewData {
  readonly #items = signal<Loadable<Items>>(LOADING);
  readonly #columns = new Map<string, Signal<Loadable<Column>>>();
  readonly #projections = new Map<string, Signal<Loadable<Projection>>>();
  #version = 0;

  constructor(
    private readonly rpc: Rpc,
    private readonly view: number,
  ) {}

  get items(): ReadonlySignal<Loadable<Items>> {
    return this.#items;
  }

  /** The items, none while they are on their way. */
  get itemsNow(): Items {
    return this.#items.value.status === "ready" ? this.#items.value.value : Items.none;
  }

  column(name: string): ReadonlySignal<Loadable<Column>> {
    let column = this.#columns.get(name);
    if (!column) {
      column = signal<Loadable<Column>>(LOADING);
      this.#columns.set(name, column);
      if (this.#items.peek().status === "ready") void this.#load(name);
    }
    return column;
  }

  /** A column, or null while it is on its way or where there is none of that name. */
  columnNow(name: string): Column | null {
    const column = this.column(name).value;
    return column.status === "ready" ? column.value : null;
  }

  projection({ method, encoder, onto }: Layout): ReadonlySignal<Loadable<Projection>> {
    const name = JSON.stringify({ method, encoder, onto });
    let projection = this.#projections.get(name);
    if (!projection) {
      projection = signal<Loadable<Projection>>(LOADING);
      this.#projections.set(name, projection);
      if (this.#items.peek().status === "ready") void this.#project(name);
    }
    return projection;
  }

  /** Fetches the items and every column in use, and shows them together; until then the old ones stay on show. */
  async reload(): Promise<void> {
    const version = ++this.#version;
    const wanted = [...this.#columns.keys()];
    try {
      const { answer } = this.rpc.request("columns", { view: this.view, names: ["key"] });
      const keys = joinSlices(await answer).get("key")?.values as Uint32Array | undefined;
      const loaded = await Promise.all(wanted.map((name) => this.#fetch(name)));
      if (version !== this.#version) return;
      batch(() => {
        this.#items.value = { status: "ready", value: new Items(keys ?? new Uint32Array(0)) };
        loaded.forEach((column, at) => {
          this.#settle(wanted[at], column);
        });
      });
    } catch (error) {
      if (this.#items.value.status !== "ready") {
        this.#items.value = { status: "failed", reason: messageOf(error) };
      }
      return;
    }
    for (const name of this.#projections.keys()) void this.#project(name);
    // What was first looked at meanwhile.
    for (const name of this.#columns.keys()) if (!wanted.includes(name)) void this.#load(name);
  }

  /** Fetches those of these columns that anyone has looked at; until they are there the old ones stay on show. */
  refresh(names: string[]): void {
    if (this.#items.peek().status !== "ready") return;
    for (const name of names) if (this.#columns.has(name)) void this.#load(name);
  }

  async #load(name: string): Promise<void> {
    const version = this.#version;
    const column = await this.#fetch(name);
    if (version === this.#version) this.#settle(name, column);
  }

  async #fetch(name: string): Promise<Loadable<Column>> {
    try {
      const { answer } = this.rpc.request("columns", { view: this.view, names: [name] });
      const joined = joinSlices(await answer).get(name);
      return joined
        ? { status: "ready", value: makeColumn(name, joined) }
        : { status: "failed", reason: `The kernel sent no column ${name}` };
    } catch (error) {
      return { status: "failed", reason: messageOf(error) };
    }
  }

  /** A column of another length belongs to another state of the data set: news of that is on its way. */
  #settle(name: string, column: Loadable<Column>): void {
    const items = this.#items.peek();
    const fits =
      column.status !== "ready" ||
      (items.status === "ready" && columnLength(column.value) === items.value.count);
    const kept = this.#columns.get(name);
    if (kept) kept.value = fits ? column : LOADING;
  }

  async #project(name: string): Promise<void> {
    const kept = this.#projections.get(name) as Signal<Loadable<Projection>>;
    const version = this.#version;
    try {
      // No time-out: a map of a million items is made once, and takes what it takes.
      const { answer } = this.rpc.request(
        "projection",
        { view: this.view, ...JSON.parse(name) },
        { timeout: 0 },
      );
      const got = await answer;
      const axes = joinSlices(got);
      const [x, y] = ["x", "y"].map((axis) => axes.get(axis)?.values as Float32Array);
      if (version !== this.#version || x.length !== this.itemsNow.count) return;
      kept.value = { status: "ready", value: { x, y, method: asString(got.results[0].method, "method") } };
    } catch (error) {
      kept.value = { status: "failed", reason: messageOf(error) };
    }
  }
}
