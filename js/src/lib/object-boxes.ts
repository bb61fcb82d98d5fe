import { signal } from "@preact/signals";
import { asArray, asCount, asObject, type Boxes, MAX_THUMBNAILS, parseBoxes } from "./protocol.ts";
import type { Rpc } from "./rpc.ts";

/** With more than this all are dropped: those on the screen come again within a blink. */
const MOST = 20_000;

/** What is where on the items of a data set: asked for where someone wants to see it, and kept. */
export class ObjectBoxes {
  /** Counts what came, for views to follow. */
  readonly arrived = signal(0);
  /** Null while they are on their way, and where there are none. */
  #known = new Map<number, Boxes | null>();

  constructor(private readonly rpc: Rpc) {}

  get(key: number): Boxes | null {
    return this.#known.get(key) ?? null;
  }

  /** Asks for those of these items that are not known yet. */
  want(keys: readonly number[]): void {
    if (this.#known.size > MOST) this.#known = new Map();
    const known = this.#known;
    const missing = keys.filter((key) => !known.has(key)).slice(0, MAX_THUMBNAILS);
    if (!missing.length) return;
    for (const key of missing) known.set(key, null);
    const { answer } = this.rpc.request("objects", {}, { buffers: [Uint32Array.from(missing).buffer] });
    answer.then(
      ({ results }) => {
        for (const item of results.flatMap(({ items }) => asArray(items, "items"))) {
          known.set(asCount(asObject(item, "item").key, "key"), parseBoxes(item));
        }
        this.arrived.value++;
      },
      () => {}, // the pictures are what matters
    );
  }

  /** They may have changed: whoever shows them asks again. */
  expire(): void {
    this.#known = new Map();
    this.arrived.value++;
  }
}
