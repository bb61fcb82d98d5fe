import { describe, expect, test } from "vitest";
import { Bitset } from "../src/lib/data/bitset.ts";
import { Filter } from "../src/lib/data/filter.ts";
import { keepFilter } from "../src/lib/data/kept-filter.ts";
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

describe("a filter", () => {
  test("is there again in the next page, but for sets of keys", () => {
    const { model, saved } = modelWith([]);
    const filter = new Filter();
    keepFilter(model, filter);
    expect(saved()).toBe(0);
    filter.choose("label", ["cat", "dog"]);
    filter.restrict("width", [10, 20.5], false);
    filter.set("keys:kept", { type: "keys", keys: Bitset.fromKeys([1]), title: "kept" });
    expect(saved()).toBe(2);

    const next = new Filter();
    keepFilter(model, next);
    expect([...(next.chosen("label") ?? [])]).toEqual(["cat", "dog"]);
    expect(next.range("width")).toEqual([10, 20.5]);
    expect(next.predicates.value.size).toBe(2);
    expect(saved()).toBe(2);
    next.clear();
    expect(model.get("filters")).toEqual([]);
  });

  test("comes of nothing else", () => {
    const nonsense = [
      null,
      3,
      {},
      { column: 1, names: ["a"] },
      { column: "a", low: "1", high: 2 },
      { column: "b", names: [{}] },
    ];
    for (const filters of [undefined, "label", { column: "a" }, nonsense]) {
      const filter = new Filter();
      keepFilter(modelWith(filters).model, filter);
      expect(filter.predicates.value.size).toBe(0);
    }
  });
});
