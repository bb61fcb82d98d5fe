import { asArray, asCount, asObject, type Json } from "../wire/checks.ts";
import type { Rpc } from "../wire/rpc.ts";

/** With more than this all are dropped: those on the screen come again within a blink. */
const MOST = 20_000;

/** So many items are answered within a blink; a screen rarely has more. */
const AT_ONCE = 64;

/** What is where on items: asked for where someone wants to see it, and kept. */
export class BoxesByItem<T> {
  /** Null while they are on their way, and where there are none. */
  #known = new Map<number, T | null>();

  constructor(
    private readonly rpc: Rpc,
    private readonly method: string,
    private readonly params: Json,
    private readonly parse: (item: unknown) => T,
    private readonly onArrived: () => void,
  ) {}

  get(key: number): T | null {
    return this.#known.get(key) ?? null;
  }

  /** Asks for those of these items that are not known yet. */
  want(keys: readonly number[]): void {
    if (this.#known.size > MOST) this.#known = new Map();
    const known = this.#known;
    const missing = keys.filter((key) => !known.has(key));
    for (const key of missing) known.set(key, null);
    for (let from = 0; from < missing.length; from += AT_ONCE) this.#ask(missing.slice(from, from + AT_ONCE));
  }

  #ask(missing: number[]): void {
    const known = this.#known;
    const buffers = [Uint32Array.from(missing).buffer];
    this.rpc.request(this.method, this.params, { buffers }).answer.then(
      ({ results }) => {
        for (const item of results.flatMap(({ items }) => asArray(items, "items"))) {
          known.set(asCount(asObject(item, "item").key, "key"), this.parse(item));
        }
        this.onArrived();
      },
      () => {}, // the pictures are what matters
    );
  }

  /** They may have changed: whoever shows them asks again. */
  expire(): void {
    this.#known = new Map();
  }
}
