import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import { float32Of, uint32Of } from "../lib/wire/checks.ts";
import { messageOf } from "../lib/wire/loadable.ts";
import type { Call } from "../lib/wire/rpc.ts";
import { EMPTY_LISTING, type Listing } from "./listing.ts";
import { isNeighbourQuery, type Query } from "./query.ts";
import type { GridState } from "./state.ts";

export interface NeighboursState {
  query: Query;
  status: "loading" | "ready" | "failed";
  /** Null while they are on their way: whoever shows them keeps what was there before, so that nothing jumps. */
  listing: Listing | null;
  reason: string;
}

/** Going back and forth through a handful of queries should not ask the kernel again. */
const REMEMBERED = 32;

/** Follows the grid's query and `k`, and fetches the neighbours they name; a newer query cancels an older one. */
export class Neighbours {
  readonly #state = signal<NeighboursState | null>(null);
  readonly #remembered = new Map<string, Listing>();
  readonly stop: () => void;
  #call: Call | null = null;

  constructor(
    private readonly store: SessionStore,
    private readonly view: number,
    state: GridState,
  ) {
    const stop = effect(() => {
      const query = state.query.value;
      const k = state.k.value;
      const dataset = store.dataset.value; // another data set state: other neighbours
      if (dataset.status !== "ready") return;
      untracked(() => this.#show(query, k, `${dataset.value.embeddings}/${dataset.value.count}`));
    });
    this.stop = () => {
      stop();
      this.#call?.cancel();
    };
  }

  get state(): ReadonlySignal<NeighboursState | null> {
    return this.#state;
  }

  #show(query: Query, k: number, version: string): void {
    this.#call?.cancel();
    this.#call = null;
    if (!isNeighbourQuery(query)) {
      this.#state.value = null;
      return;
    }
    const name = JSON.stringify([version, k, query]);
    const known = this.#remembered.get(name);
    if (known) {
      this.#state.value = { query, status: "ready", listing: known, reason: "" };
      return;
    }
    this.#state.value = { query, status: "loading", listing: null, reason: "" };
    void this.#fetch(query, k, name);
  }

  async #fetch(query: Query, k: number, name: string): Promise<void> {
    const keys = [query.positive, query.negative].map((list) => Uint32Array.from(list).buffer);
    const call = this.store.rpc.request("neighbours", { view: this.view, k }, { buffers: keys, timeout: 0 });
    this.#call = call;
    try {
      const { buffers } = await call.answer;
      const listing = { keys: uint32Of(buffers[0]), similarity: float32Of(buffers[1]), groups: null };
      this.#remember(name, listing);
      if (this.#call === call) this.#state.value = { query, status: "ready", listing, reason: "" };
    } catch (error) {
      if (this.#call !== call) return;
      this.#state.value = { query, status: "failed", listing: EMPTY_LISTING, reason: messageOf(error) };
    }
  }

  #remember(name: string, listing: Listing): void {
    this.#remembered.set(name, listing);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
  }
}
