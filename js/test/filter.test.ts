import { beforeEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../playground/fake-kernel.ts";
import { Bitset } from "../src/lib/data/bitset.ts";
import type { CategoryColumn, NumberColumn } from "../src/lib/data/columns.ts";
import { Filter, intersect, maskOf, titleOf } from "../src/lib/data/filter.ts";
import { FilteredRows } from "../src/lib/data/filtered-rows.ts";
import { ViewData } from "../src/lib/data/view-data.ts";
import { SessionStore } from "../src/lib/session/session-store.ts";
import { FilterChoice, ViewFilter } from "../src/lib/session/view-filter.ts";
import { Rpc } from "../src/lib/wire/rpc.ts";

const label: CategoryColumn = {
  kind: "category",
  name: "label",
  codes: Int32Array.of(0, 1, -1, 1, -2),
  categories: ["cat", "dog"],
  distinct: 9,
};
const width: NumberColumn = { kind: "number", name: "width", values: Float32Array.of(10, 20, NaN, 30, 40) };
const keys = Uint32Array.of(5, 6, 7, 8, 9);

describe("a predicate", () => {
  test("of categories lets the chosen names pass, none and others by their names too", () => {
    const mask = (...names: string[]) => [
      ...maskOf({ type: "categories", column: "label", names: new Set(names) }, keys, label),
    ];
    expect(mask("dog")).toEqual([0, 1, 0, 1, 0]);
    expect(mask("cat", "(none)")).toEqual([1, 0, 1, 0, 0]);
    expect(mask("(other)")).toEqual([0, 0, 0, 0, 1]);
    expect(mask("horse")).toEqual([0, 0, 0, 0, 0]);
  });

  test("of a range holds its ends, and nothing without a value passes", () => {
    const predicate = { type: "range", column: "width", low: 20, high: 30, date: false } as const;
    expect([...maskOf(predicate, keys, width)]).toEqual([0, 1, 0, 1, 0]);
  });

  test("of keys lets these pass", () => {
    const predicate = { type: "keys", keys: Bitset.fromKeys([9, 5, 1_000]), title: "lasso" } as const;
    expect([...maskOf(predicate, keys, null)]).toEqual([1, 0, 0, 0, 1]);
  });

  test("on a column that a view does not have hides nothing", () => {
    const predicate = { type: "range", column: "score", low: 0, high: 1, date: false } as const;
    expect([...maskOf(predicate, keys, null)]).toEqual([1, 1, 1, 1, 1]);
  });
});

test("an item passes if it passes all", () => {
  expect(intersect([])).toBeNull();
  const mask = intersect([Uint8Array.of(1, 1, 0, 1), Uint8Array.of(1, 0, 0, 1)]);
  expect(mask).toEqual({ rows: Uint8Array.of(1, 0, 0, 1), count: 2 });
});

test("a filter is what a person chose last, and says so", () => {
  const filter = new Filter();
  filter.toggle("label", "cat");
  filter.toggle("label", "dog");
  filter.restrict("width", [2, 3], false);
  const titles = () => [...filter.predicates.value.values()].map(titleOf);
  expect(titles()).toEqual(["label: cat, dog", "width: 2 – 3"]);
  filter.toggle("label", "cat");
  filter.restrict("width", null, false);
  expect(titles()).toEqual(["label: dog"]);
  filter.toggle("label", "dog");
  expect(titles()).toEqual([]);
});

describe("the rows of a view", () => {
  let kernel: FakeKernel;
  let data: ViewData;
  const filter = new Filter();
  let rows: FilteredRows;

  beforeEach(async () => {
    kernel = new FakeKernel({ count: 70, labels: ["a", "b", "c", "d", "e", "f", "g"], delay: 0 });
    data = new ViewData(new Rpc(kernel), 0);
    filter.clear();
    rows = FilteredRows.of(data, filter);
    await data.reload();
  });

  async function loaded(name: string): Promise<void> {
    await expect.poll(() => data.column(name).value.status).toBe("ready");
  }

  test("load a column once it is filtered by, and no sooner", async () => {
    const asked = () => kernel.requests.map(({ params }) => (params as { names: string[] }).names?.[0]);
    expect(asked()).toEqual(["key"]);
    filter.toggle("label", "b");
    expect(rows.mask.value).toBeNull();
    await loaded("label");
    expect(asked()).toEqual(["key", "label"]);
    expect(rows.mask.value?.count).toBe(10);
  });

  test("pass all predicates; a chart of a column leaves out its own", async () => {
    filter.toggle("label", "b");
    filter.restrict("taken", [1.6e12, 1.6e12 + 35 * 86_400_000], true);
    rows.mask.value;
    await loaded("label");
    await loaded("taken");
    expect(rows.mask.value?.count).toBe(5);
    expect(rows.without("column:label").value?.count).toBe(35);
    expect(rows.without("column:taken").value?.count).toBe(10);
  });

  test("a filter by a column that does not exist is no filter", async () => {
    filter.toggle("no such column", "b");
    rows.mask.value;
    await expect.poll(() => data.column("no such column").value.status).toBe("failed");
    expect(rows.mask.value?.count).toBe(70);
  });
});

test("linked views share a filter; one that is not has its own, and finds it again", async () => {
  const store = new SessionStore(
    new FakeKernel({ count: 7, labels: ["a", "b", "c", "d", "e", "f", "g"], delay: 0 }),
  );
  store.start();
  const [one, other, apart] = [new FilterChoice(), new FilterChoice(), new FilterChoice()];
  apart.linked.value = false;
  const views = [one, other, apart].map((choice) => new ViewFilter(store, store.data(0), choice));
  await expect.poll(() => store.data(0).items.value.status).toBe("ready");
  views[0].filter.value.toggle("label", "b");
  const counts = () => views.map(({ rows }) => rows.mask.value?.count ?? 7);
  await expect.poll(counts).toEqual([1, 1, 7]);
  views[2].filter.value.choose("label", ["a", "c"]);
  expect(counts()).toEqual([1, 1, 2]);
  apart.linked.value = true;
  expect(counts()).toEqual([1, 1, 1]);
  apart.linked.value = false;
  expect(counts()).toEqual([1, 1, 2]);
});

test("views of the same items load a column once, and the last one to go takes it along", async () => {
  const kernel = new FakeKernel({ count: 7, labels: ["a", "b"], delay: 0 });
  const store = new SessionStore(kernel);
  store.knowItems(3, 3);
  store.knowItems(5, 3);
  store.start();
  const releases = [store.hold(3), store.hold(5)];
  const views = [3, 5].map((view) => new ViewFilter(store, store.data(view), new FilterChoice()));
  await expect.poll(() => store.data(5).items.value.status).toBe("ready");
  views[0].filter.value.toggle("label", "b");
  await expect.poll(() => views[1].rows.mask.value?.count).toBe(4);
  expect(views[0].rows.mask.value).toBe(views[1].rows.mask.value);
  expect(kernel.requests.filter(({ method }) => method === "columns")).toHaveLength(2);
  const shared = store.data(3);
  releases[0]();
  expect(store.data(5)).toBe(shared);
  releases[1]();
  expect(store.data(5)).not.toBe(shared);
});
