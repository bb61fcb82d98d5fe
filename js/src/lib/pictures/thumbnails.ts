import { asArray, bytesOf, type Json } from "../wire/checks.ts";
import { MAX_THUMBNAILS, parseItem, type ThumbnailSize } from "../wire/protocol.ts";
import type { Call, Rpc } from "../wire/rpc.ts";
import { type Thumbnail, ThumbnailCache } from "./thumbnail-cache.ts";

/** What one view would like to show now, the most urgent first. */
interface Wish {
  size: ThumbnailSize;
  visible: number[];
  ahead: number[];
}

/** Small enough that a batch answers within a blink, large enough that messages are few: each costs about 60 ms. */
const BATCH = Math.min(96, MAX_THUMBNAILS);

const TIMEOUT = 20_000;
const RETRY_AFTER = 2_000;

/**
 * Fetches the thumbnails that come into view. One batch is under way at a time; what scrolled past is dropped from the
 * queue, and a batch nobody looks at any more is cancelled. So a fast scroll over a million items asks for the last
 * screen and little else.
 */
export class Thumbnails {
  readonly #rpc: Rpc;
  readonly #caches = { 192: new ThumbnailCache(), 384: new ThumbnailCache() };
  /** One wish per view; the view that asked last is served first. */
  readonly #wishes = new Map<object, Wish>();
  readonly #listeners = new Set<(keys: number[]) => void>();
  #batch: { call: Call; keys: Set<number>; size: ThumbnailSize } | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  /** The thumbnail in the wanted size, or in the other one as long as that has not come. */
  get(key: number, size: ThumbnailSize): Thumbnail | undefined {
    return this.#caches[size].get(key) ?? this.#caches[size === 192 ? 384 : 192].get(key);
  }

  /** Replaces what `view` wants. Keys that are already here cost nothing. */
  want(view: object, size: ThumbnailSize, visible: number[], ahead: number[]): void {
    this.#wishes.delete(view);
    this.#wishes.set(view, { size, visible, ahead });
    this.#cancelIfUnwanted();
    this.#next();
  }

  forget(view: object): void {
    this.#wishes.delete(view);
    this.#cancelIfUnwanted();
  }

  onLoaded(listener: (keys: number[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for all pictures again, when the data set has changed; the old ones stay on show until then. */
  expire(): void {
    this.#caches[192].expire();
    this.#caches[384].expire();
    this.#next();
  }

  #cancelIfUnwanted(): void {
    const batch = this.#batch;
    if (!batch) return;
    for (const { size, visible, ahead } of this.#wishes.values()) {
      if (
        size === batch.size &&
        (visible.some((key) => batch.keys.has(key)) || ahead.some((key) => batch.keys.has(key)))
      )
        return;
    }
    this.#batch = null;
    batch.call.cancel();
  }

  #next(): void {
    clearTimeout(this.#retry);
    if (this.#batch) return;
    const wishes = [...this.#wishes.values()].reverse();
    // Everything that is on screen, in any view, comes before anything that is not.
    for (const part of ["visible", "ahead"] as const) {
      for (const wish of wishes) {
        const missing = wish[part].filter((key) => !this.#caches[wish.size].has(key)).slice(0, BATCH);
        if (missing.length) {
          this.#fetch(missing, wish.size);
          return;
        }
      }
    }
  }

  #fetch(keys: number[], size: ThumbnailSize): void {
    const call = this.#rpc.request(
      "thumbnails",
      { size },
      {
        buffers: [Uint32Array.from(keys).buffer],
        timeout: TIMEOUT,
        onPart: (result, buffers) => this.#take(result, buffers, size),
      },
    );
    const batch = { call, keys: new Set(keys), size };
    this.#batch = batch;
    call.answer.then(
      () => {
        if (this.#batch !== batch) return;
        this.#batch = null;
        // A key that the kernel left out would be asked for again and again.
        this.#giveUp(
          keys.filter((key) => !this.#caches[size].has(key)),
          "no answer",
          size,
        );
        this.#next();
      },
      (error) => {
        if (this.#batch !== batch) return;
        this.#batch = null;
        if (error.code === "timeout") {
          this.#retry = setTimeout(() => this.#next(), RETRY_AFTER);
        } else if (error.code !== "gone") {
          this.#giveUp(keys, error.message, size);
          this.#next();
        }
      },
    );
  }

  #take(result: Json, buffers: DataView[], size: ThumbnailSize): void {
    const items = asArray(result.items, "items").map(parseItem);
    items.forEach((item, at) => {
      const buffer = buffers[at];
      this.#caches[size].put(item, buffer ? bytesOf(buffer).slice() : new Uint8Array());
    });
    this.#announce(items.map((item) => item.key));
  }

  #giveUp(keys: number[], reason: string, size: ThumbnailSize): void {
    if (!keys.length) return;
    for (const key of keys) {
      this.#caches[size].put({ key, id: `item ${key}`, label: null, status: reason }, new Uint8Array());
    }
    this.#announce(keys);
  }

  #announce(keys: number[]): void {
    for (const listener of this.#listeners) listener(keys);
  }
}
