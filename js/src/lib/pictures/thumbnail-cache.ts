import type { ItemFacts } from "../wire/protocol.ts";

/** A thumbnail that came: the item's facts and a picture, or null where there is none. */
export interface Thumbnail extends ItemFacts {
  url: string | null;
}

interface Entry {
  thumbnail: Thumbnail;
  bytes: number;
  /** May have changed since: shown until it has come again. */
  stale: boolean;
}

/** Enough for dozens of screens; the browser holds the encoded bytes, not the pixels. */
const DEFAULT_BUDGET = 64 * 1024 * 1024;

/** What an entry without a picture is counted as, so that a million broken files are bounded too. */
const ENTRY_BYTES = 512;

/** Thumbnails by key, bounded by bytes; the least recently seen go first. */
export class ThumbnailCache {
  // A Map keeps the order of insertion: re-inserting on use makes it a least-recently-used list.
  readonly #entries = new Map<number, Entry>();
  readonly #budget: number;
  #bytes = 0;

  constructor(budget = DEFAULT_BUDGET) {
    this.#budget = budget;
  }

  get(key: number): Thumbnail | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.thumbnail;
  }

  /** Whether it is there and need not be asked for. */
  has(key: number): boolean {
    return this.#entries.get(key)?.stale === false;
  }

  put(facts: ItemFacts, jpeg: Uint8Array<ArrayBuffer>): void {
    this.#remove(facts.key);
    const url = jpeg.length ? URL.createObjectURL(new Blob([jpeg], { type: "image/jpeg" })) : null;
    const bytes = jpeg.length + ENTRY_BYTES;
    this.#entries.set(facts.key, { thumbnail: { ...facts, url }, bytes, stale: false });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#budget || oldest === facts.key) break;
      this.#remove(oldest);
    }
  }

  /** All are to be asked for again. */
  expire(): void {
    for (const entry of this.#entries.values()) entry.stale = true;
  }

  #remove(key: number): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    if (entry.thumbnail.url) URL.revokeObjectURL(entry.thumbnail.url);
  }
}
