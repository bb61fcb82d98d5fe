import { describe, expect, test } from "vitest";
import { Bitset } from "../src/lib/data/bitset.ts";
import { Filter } from "../src/lib/data/filter.ts";
import { keepFilter } from "../src/lib/data/kept-filter.ts";
import type { Json } from "../src/lib/wire/checks.ts";
import { Rpc } from "../src/lib/wire/rpc.ts";
import type { Transport } from "../src/lib/wire/transport.ts";
import type { WidgetModel } from "../src/lib/wire/view.ts";

/** A model that outlives the page, and how often it was saved. */
function modelWith(filters: unknown) {
  const state: Record<string, unknown> = { filters };
  let saved = 0;
  const model: WidgetModel = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
    },
    save_changes: () => {
      saved++;
    },
    on: () => {},
    off: () => {},
    send: () => {},
  };
  return { model, saved: () => saved };
}

/** A kernel that holds sets of keys under names, and outlives the page, too. */
function kernel(sets = new Map<string, ArrayBuffer>()): Rpc {
  let answer: (content: unknown, buffers: DataView[]) => void = () => {};
  return new Rpc({
    send({ id, method, params }: Json, buffers: ArrayBuffer[]) {
      const respond = (result: Json, ...sent: ArrayBuffer[]) => {
        const views = sent.map((one) => new DataView(one));
        queueMicrotask(() => answer({ type: "response", id, part: 0, parts: 1, result }, views));
      };
      if (method === "remember") {
        const set = `set ${new Uint8Array(buffers[0]).join(" ")}`;
        sets.set(set, buffers[0]);
        respond({ set });
      } else {
        const there = sets.get((params as { set: string }).set);
        if (there) respond({ encoding: "bitset", count: 1 }, there);
        else queueMicrotask(() => answer({ type: "error", id, code: "bad-request", message: "gone" }, []));
      }
    },
    onMessage(listener: typeof answer) {
      answer = listener;
    },
  } as unknown as Transport);
}

const settled = () => new Promise((done) => setTimeout(done));

describe("a filter", () => {
  test("is there again in the next page, sets of items included", async () => {
    const sets = new Map<string, ArrayBuffer>();
    const { model, saved } = modelWith([]);
    const filter = new Filter();
    keepFilter(model, filter, kernel(sets))();
    expect(saved()).toBe(0);
    filter.choose("label", ["cat", "dog"]);
    filter.restrict("width", [10, 20.5], false);
    expect(saved()).toBe(2);
    filter.set("keys:kept", { type: "keys", keys: Bitset.fromKeys([1, 9]), title: "kept" });
    await settled();
    expect(saved()).toBe(3);
    expect(JSON.stringify(model.get("filters")).length).toBeLessThan(300);

    const next = new Filter();
    const bringBack = keepFilter(model, next, kernel(sets));
    expect([...(next.chosen("label") ?? [])]).toEqual(["cat", "dog"]);
    expect(next.range("width")).toEqual([10, 20.5]);
    expect(next.predicates.value.size).toBe(2);
    bringBack();
    await settled();
    const kept = next.predicates.value.get("keys:kept");
    expect(kept?.type === "keys" && [...kept.keys.keys()]).toEqual([1, 9]);
    expect(saved()).toBe(3);
    next.clear();
    expect(model.get("filters")).toEqual([]);
  });

  test("goes without a set that the kernel has forgotten, and does not come back over a newer one", async () => {
    const { model } = modelWith([{ name: "keys:kept", title: "kept", set: "set 2" }]);
    const filter = new Filter();
    keepFilter(model, filter, kernel())();
    await settled();
    expect(filter.predicates.value.size).toBe(0);
    expect(model.get("filters")).toEqual([]);

    const again = modelWith([{ name: "keys:kept", title: "kept", set: "set 2" }]).model;
    const bringBack = keepFilter(again, filter, kernel(new Map([["set 2", Uint8Array.of(2).buffer]])));
    filter.set("keys:kept", { type: "keys", keys: Bitset.fromKeys([5]), title: "kept" });
    bringBack();
    await settled();
    const kept = filter.predicates.value.get("keys:kept");
    expect(kept?.type === "keys" && [...kept.keys.keys()]).toEqual([5]);
  });

  test("comes of nothing else", () => {
    const nonsense = [
      null,
      3,
      {},
      { column: 1, names: ["a"] },
      { column: "a", low: "1", high: 2 },
      { column: "b", names: [{}] },
      { name: "keys:kept", title: 3, set: "a" },
    ];
    for (const filters of [undefined, "label", { column: "a" }, nonsense]) {
      const filter = new Filter();
      keepFilter(modelWith(filters).model, filter, kernel())();
      expect(filter.predicates.value.size).toBe(0);
    }
  });
});
