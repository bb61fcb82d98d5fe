import { describe, expect, test } from "vitest";
import { sizeToSend } from "../src/grid/picture-file.ts";
import { parseQuery, sameQuery } from "../src/grid/query.ts";
import { draggedWith } from "../src/grid/tile-drag.ts";
import { Bitset } from "../src/lib/data/bitset.ts";
import type { CategoryColumn } from "../src/lib/data/columns.ts";
import { classesOf, complete } from "../src/lib/data/completion.ts";
import { binCodes, binsOf, edgesOf, intervalOf } from "../src/lib/data/counts.ts";
import { Marks } from "../src/lib/data/marks.ts";
import { moreBelow } from "../src/lib/ui/scroll-cues.ts";

const column: CategoryColumn = {
  kind: "category",
  name: "label",
  codes: Int32Array.of(2, 2, 2, 0, 0, 1, -1, 3),
  categories: ["Cat", "bobcat", "dog", "catfish"],
  distinct: 4,
};

describe("the label field", () => {
  const classes = classesOf(column);
  const offered = (text: string) =>
    complete(classes, text).map(({ name, isNew }) => (isNew ? `+${name}` : name));

  test("offers the most used classes first, and of a text those that begin so before those that hold it", () => {
    expect(offered("")).toEqual(["dog", "Cat", "bobcat", "catfish"]);
    expect(offered(" ca ")).toEqual(["+ca", "Cat", "catfish", "bobcat"]);
  });

  test("means a class that is there whatever the case of letters, and says so of a new one", () => {
    expect(offered("cat")).toEqual(["Cat", "catfish", "bobcat"]);
    expect(offered("zebra")).toEqual(["+zebra"]);
  });
});

test("a tile that is dragged takes all that is kept along where it is kept, and nothing where it is not", () => {
  const marks = new Marks(Bitset.fromKeys([3, 8]), new Bitset());
  expect([...draggedWith(8, marks)]).toEqual([3, 8]);
  expect([...draggedWith(5, marks)]).toEqual([5]);
});

test("a picture is sent no larger than is of use", () => {
  expect(sizeToSend(4000, 3000)).toEqual([1024, 768]);
  expect(sizeToSend(300, 200)).toEqual([300, 200]);
  expect(sizeToSend(90_000, 3)).toEqual([1024, 1]);
});

test("a query of words is one, and none of what else may be in the trait", () => {
  const words = parseQuery({ positive: [1], negative: [], words: "a red car" });
  expect(words).toEqual({ positive: [], negative: [], words: "a red car" });
  expect(sameQuery(words, parseQuery({ words: "a blue car" }))).toBe(false);
  expect(parseQuery({ positive: [1], words: " ", picture: 3 })).toEqual({ positive: [1], negative: [] });
});

test("a bin has a name that says its edges, and each number is in the bin of that name", () => {
  const values = Float64Array.from({ length: 60 }, (_, at) => at / 60);
  const numbers = { kind: "number", name: "brightness", values } as const;
  const bins = binsOf(numbers, 12);
  if (!bins) throw new Error("no bins");
  const names = Array.from({ length: bins.count }, (_, bin) => intervalOf(bins, bin));
  expect(names).toEqual(Array.from({ length: 10 }, (_, bin) => `[${bin / 10}, ${(bin + 1) / 10})`));
  for (const [row, code] of binCodes(numbers, bins).entries()) {
    const [low, high] = edgesOf(bins, code);
    expect(values[row]).toBeGreaterThanOrEqual(low - 1e-9);
    expect(values[row]).toBeLessThan(high);
  }
});

test("a list says how many of its lines are below, and nothing where they are not alike", () => {
  expect(moreBelow(50, 1500, 1140)).toBe("38 more below");
  expect(moreBelow(1200, 36_000, 10)).toBe("1 more below");
  expect(moreBelow(0, 500, 100)).toBe("");
});
