import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bytesOf, float32Of, type Json, uint32Of } from "../lib/wire/checks.ts";
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
  /** Whether the model that is asked has to be loaded first, which takes a while. */
  loadsModel: boolean;
  /** The picture that was asked with, as the model sees it. */
  picture: Blob | null;
}

type Found = Pick<NeighboursState, "picture"> & { listing: Listing };

const WAITING = { status: "loading", listing: null, reason: "", loadsModel: false, picture: null } as const;

/** Going back and forth through a handful of queries should not ask the kernel again. */
const REMEMBERED = 32;

/** Follows the grid's query and `k`, and fetches the neighbours they name; a newer query cancels an older one. */
export class Neighbours {
  readonly #state = signal<NeighboursState | null>(null);
  readonly #remembered = new Map<string, Found>();
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
      this.#state.value = { ...WAITING, ...known, query, status: "ready" };
      return;
    }
    this.#state.value = { ...WAITING, query };
    void this.#fetch(query, k, name);
  }

  async #fetch(query: Query, k: number, name: string): Promise<void> {
    const call = this.#ask(query, k);
    this.#call = call;
    try {
      const { buffers } = await call.answer;
      const [keys, similarity, picture] = buffers;
      const listing = { keys: uint32Of(keys), similarity: float32Of(similarity), groups: null };
      const found = {
        listing,
        picture: picture ? new Blob([bytesOf(picture)], { type: "image/jpeg" }) : null,
      };
      this.#remember(name, found);
      if (this.#call === call) this.#state.value = { ...WAITING, ...found, query, status: "ready" };
    } catch (error) {
      if (this.#call !== call) return;
      const reason = messageOf(error);
      this.#state.value = { ...WAITING, query, status: "failed", listing: EMPTY_LISTING, reason };
    }
  }

  /** By items their vectors are known; for words and pictures a model makes one, which may take its time. */
  #ask(query: Query, k: number): Call {
    const { rpc } = this.store;
    const { positive, negative, words, picture } = query;
    if (!words && !picture) {
      const buffers = [positive, negative].map((list) => Uint32Array.from(list).buffer);
      return rpc.request("neighbours", { view: this.view, k }, { buffers, timeout: 0 });
    }
    const params = { view: this.view, k, words: words ?? null, picture: picture ?? null };
    const onPart = ({ loading }: Json) => {
      const state = this.#state.peek();
      if (loading === true && state?.query === query) this.#state.value = { ...state, loadsModel: true };
    };
    return rpc.request("search", params, { timeout: 0, onPart });
  }

  #remember(name: string, found: Found): void {
    this.#remembered.set(name, found);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
  }
}
