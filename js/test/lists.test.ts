import { describe, expect, test } from "vitest";
import { labelText, typedLabels } from "../src/findings/finding.ts";
import { arrange } from "../src/grid/arrange.ts";
import {
  combined,
  joinSlices,
  type ListColumn,
  makeColumn,
  numberText,
  valueText,
} from "../src/lib/data/columns.ts";
import { countCodes } from "../src/lib/data/counts.ts";
import { maskOf } from "../src/lib/data/filter.ts";
import { colourByColumn, countPlaces, hasPlace } from "../src/map/colouring.ts";

const view = (array: Int32Array | Float64Array) => new DataView(array.slice().buffer);

/** As the kernel sends it: cat and dog; dog; nothing known; an empty list; cat, dog and fox. */
const answer = () => {
  const head = { column: "label", kind: "list", dtype: "int32" };
  const codes = Int32Array.of(0, 1, 1, -1, 3, 0, 1, 2);
  const starts = Int32Array.of(0, 2, 3, 4, 5, 8);
  return {
    results: [
      { ...head, array: "codes", offset: 0, total: 8, categories: ["cat", "dog", "fox"], distinct: 3 },
      { ...head, array: "codes", offset: 0, total: 8 },
      { ...head, array: "codes", offset: 5, total: 8 },
      { ...head, array: "starts", offset: 0, total: 6 },
    ],
    buffers: [view(new Int32Array(0)), view(codes.subarray(0, 5)), view(codes.subarray(5)), view(starts)],
  };
};

const column = () => {
  const joined = joinSlices(answer()).get("label");
  if (!joined) throw new Error("no column");
  return makeColumn("label", joined) as ListColumn;
};

describe("a column of lists", () => {
  test("is put together from its slices and read as a person reads it", () => {
    const texts = Array.from({ length: 5 }, (_, row) => valueText(column(), row));
    expect(texts).toEqual(["cat, dog", "dog", "", "(no class)", "cat, dog, fox"]);
  });

  test("counts a row in each of its classes, those that do not pass in none", () => {
    expect([...countCodes(column(), null)]).toEqual([0, 1, 2, 3, 1, 1]);
    const mask = { rows: Uint8Array.of(1, 0, 0, 1, 0), count: 2 };
    expect([...countCodes(column(), mask)]).toEqual([0, 0, 1, 1, 0, 1]);
  });

  test("passes a filter where a row has one of the classes", () => {
    const passing = (...names: string[]) => {
      const predicate = { type: "categories", column: "label", names: new Set(names) } as const;
      return [...maskOf(predicate, new Uint32Array(5), column())];
    };
    expect(passing("cat")).toEqual([1, 0, 0, 0, 1]);
    expect(passing("fox", "dog")).toEqual([1, 1, 0, 0, 1]);
    expect(passing("(none)")).toEqual([0, 0, 1, 0, 0]);
    expect(passing("(no class)")).toEqual([0, 0, 0, 1, 0]);
  });

  test("sorts and groups rows by all of their classes", () => {
    const whole = combined(column());
    expect(whole.categories).toEqual(["(no class)", "cat, dog", "cat, dog, fox", "dog"]);
    expect([...whole.codes]).toEqual([1, 3, -1, 0, 2]);
    const keys = Uint32Array.of(0, 1, 2, 3, 4);
    const items = { rowOf: (key: number) => key };
    const choice = { sortBy: { value: "" }, groupBy: { value: "label" }, descending: { value: false } };
    const listing = arrange(
      { keys, similarity: null, groups: null },
      { itemsNow: items, columnNow: () => column() } as never,
      { ...choice, collapsed: { value: new Set() } } as never,
    );
    const groups = listing.groups?.map(({ name, keys }) => [name, [...keys]]);
    expect(groups).toEqual([
      ["(no class)", [3]],
      ["cat, dog", [0]],
      ["cat, dog, fox", [4]],
      ["dog", [1]],
      ["(none)", [2]],
    ]);
  });

  test("colours a row by the rarest of its classes, and finds it by each", () => {
    const colouring = colourByColumn(column(), false);
    const titles = new Map(colouring.legend.map(({ place, title }) => [title, place]));
    const [cat, dog, fox] = ["cat", "dog", "fox"].map((name) => titles.get(name) as number);
    expect([...colouring.places]).toEqual([cat, dog, 0, titles.get("(no class)"), fox]);
    expect(
      ["(none)", "(no class)"].map((name) => countPlaces(colouring, null)[titles.get(name) ?? -1]),
    ).toEqual([1, 1]);
    expect(countPlaces(colouring, null)[dog]).toBe(3);
    expect(countPlaces(colouring, null)[fox]).toBe(1);
    expect([0, 1, 2, 3, 4].filter((row) => hasPlace(colouring, row, dog))).toEqual([0, 1, 4]);
  });
});

test("whole numbers are read as they are, beyond what single precision holds", () => {
  const head = { column: "n", kind: "number", dtype: "float64", offset: 0, total: 2 };
  const values = Float64Array.of(16_777_217, 9_007_199_254_740_991);
  const joined = joinSlices({ results: [head], buffers: [view(values)] }).get("n");
  if (!joined) throw new Error("no column");
  const made = makeColumn("n", joined);
  expect([0, 1].map((row) => valueText(made, row))).toEqual(["16,777,217", "9,007,199,254,740,991"]);
  expect(numberText(1 / 3)).toBe("0.3333");
});

test("typed labels have commas between, but for a class with one in its name", () => {
  expect(typedLabels(" cat, dog ,, cat", ["cat"])).toEqual(["cat", "dog"]);
  expect(typedLabels("cat, wild", ["cat, wild"])).toEqual(["cat, wild"]);
  expect([labelText(["cat", "dog"]), labelText([]), labelText(null), labelText("cat")]).toEqual([
    "cat, dog",
    "no class",
    "no label",
    "cat",
  ]);
});
