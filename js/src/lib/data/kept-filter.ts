import { batch, effect, signal } from "@preact/signals";
import { asString, bytesOf, uint32Of } from "../wire/checks.ts";
import type { Rpc } from "../wire/rpc.ts";
import type { WidgetModel } from "../wire/view.ts";
import { Bitset, encodeKeys } from "./bitset.ts";
import type { Filter, Predicate } from "./filter.ts";

/** Of more names than this a filter is not kept: it would weigh down the widget's state. */
const MOST_NAMES = 1_000;

/** A predicate as JSON. A set of items is as large as the data, so the kernel holds it, and it is named here. */
type Kept =
  | { column: string; names: string[] }
  | { column: string; low: number; high: number; date: boolean }
  | KeptSet;

interface KeptSet {
  name: string;
  title: string;
  set: string;
}

/**
 * Keeps what a person filters by in the session's trait `filters`, so that it is there again after the page was
 * reloaded. Answers how to bring back the sets of items among it, once the kernel may be asked.
 */
export function keepFilter(model: WidgetModel, filter: Filter, rpc: Rpc): () => void {
  const before = model.get("filters");
  const kept = Array.isArray(before) ? before : [];
  /** Sets that the kernel has not given back yet: until then they stay in the trait as they are. */
  const waiting = signal(kept.flatMap((one) => keptSetOf(one) ?? []));
  /** What the kernel calls the sets of this page; null while it has not said so. */
  const named = new WeakMap<Bitset, string | null>();
  const told = signal(0);
  for (const one of kept) restore(filter, one);

  effect(() => {
    told.value;
    const predicates = [...filter.predicates.value];
    const now = [...predicates.flatMap(([name, one]) => keptOf(name, one, named) ?? []), ...waiting.value];
    for (const [, one] of predicates) if (one.type === "keys" && !named.has(one.keys)) remember(one.keys);
    if (JSON.stringify(now) === JSON.stringify(model.get("filters") ?? [])) return;
    model.set("filters", now);
    model.save_changes();
  });

  function remember(keys: Bitset): void {
    named.set(keys, null);
    const { encoding, bytes } = encodeKeys(keys.keys());
    rpc
      .request("remember", { encoding }, { buffers: [bytes], timeout: 0 })
      .answer.then(({ results }) => {
        named.set(keys, asString(results[0].set, "set"));
        told.value++;
      })
      .catch(() => {}); // it holds in this page, and is not there in the next one
  }

  async function bringBack({ name, title, set }: KeptSet): Promise<void> {
    const answer = await rpc.request("recall", { set }, { timeout: 0 }).answer.catch(() => null);
    const keys = answer && setOf(answer.results[0].encoding, answer.buffers[0]);
    if (keys) named.set(keys, set);
    batch(() => {
      waiting.value = waiting.peek().filter((one) => one.name !== name);
      // What was filtered by under this name meanwhile is what a person wants now.
      if (keys && !filter.predicates.peek().has(name)) filter.set(name, { type: "keys", keys, title });
    });
  }

  return () => {
    for (const one of waiting.peek()) void bringBack(one);
  };
}

function setOf(encoding: unknown, buffer: DataView): Bitset {
  return encoding === "keys" ? Bitset.fromKeys(uint32Of(buffer)) : new Bitset(bytesOf(buffer).slice());
}

function keptOf(name: string, predicate: Predicate, named: WeakMap<Bitset, string | null>): Kept | null {
  if (predicate.type === "range") {
    const { column, low, high, date } = predicate;
    return { column, low, high, date };
  }
  if (predicate.type === "keys") {
    const set = named.get(predicate.keys);
    return set ? { name, title: predicate.title, set } : null;
  }
  return predicate.names.size > MOST_NAMES ? null : { column: predicate.column, names: [...predicate.names] };
}

/** What the trait says of a set of items; null for whatever else it holds. */
function keptSetOf(kept: unknown): KeptSet | null {
  const { name, title, set } = (kept ?? {}) as Record<string, unknown>;
  const texts = [name, title, set].every((text) => typeof text === "string" && text);
  return texts ? { name: String(name), title: String(title), set: String(set) } : null;
}

/** Whatever the trait holds, what comes of it is a filter. */
function restore(filter: Filter, kept: unknown): void {
  const { column, names, low, high, date } = (kept ?? {}) as Record<string, unknown>;
  if (typeof column !== "string") return;
  if (Array.isArray(names)) {
    filter.choose(
      column,
      names.filter((name) => typeof name === "string"),
    );
  } else if (typeof low === "number" && typeof high === "number") {
    filter.restrict(column, [low, high], date === true);
  }
}
