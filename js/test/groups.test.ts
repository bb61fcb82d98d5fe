import { describe, expect, test } from "vitest";
import { groupListing, sortListing } from "../src/grid/arrange.ts";
import {
  columnOf,
  gridLayout,
  indexAt,
  indexInRow,
  placeAt,
  rowOf,
  rowsWithin,
  rowTop,
  sectionsWithin,
  topOfPlace,
} from "../src/grid/layout.ts";
import type { CategoryColumn, NumberColumn } from "../src/lib/data/columns.ts";
import { Items } from "../src/lib/data/items.ts";

const items = new Items(Uint32Array.of(10, 11, 12, 13, 14, 15));
const all = { keys: items.keys, similarity: null, groups: null };
const kind: CategoryColumn = {
  kind: "category",
  name: "kind",
  codes: Int32Array.of(1, 0, -1, 1, 0, 1),
  categories: ["cat", "dog"],
  distinct: 2,
};
const score: NumberColumn = {
  kind: "number",
  name: "score",
  values: Float32Array.of(0.5, 0.1, NaN, 0.9, 0.1, 0.2),
};

describe("sorting", () => {
  test("goes either way, equal ones keep their order, and no value comes last", () => {
    expect([...sortListing(all, items, score, false).keys]).toEqual([11, 14, 15, 10, 13, 12]);
    expect([...sortListing(all, items, score, true).keys]).toEqual([13, 10, 15, 11, 14, 12]);
    expect([...sortListing(all, items, kind, false).keys]).toEqual([11, 14, 10, 13, 15, 12]);
  });

  test("takes the similarities along", () => {
    const neighbours = { ...all, keys: Uint32Array.of(13, 11), similarity: Float32Array.of(0.75, 0.5) };
    const sorted = sortListing(neighbours, items, score, false);
    expect([...sorted.keys]).toEqual([11, 13]);
    expect([...(sorted.similarity ?? [])]).toEqual([0.5, 0.75]);
  });
});

describe("grouping", () => {
  test("puts the items of a category together, in the order they had", () => {
    const grouped = groupListing(sortListing(all, items, score, false), items, kind, new Set());
    expect([...grouped.keys]).toEqual([11, 14, 15, 10, 13, 12]);
    expect(grouped.groups?.map(({ name, start, count }) => [name, start, count])).toEqual([
      ["cat", 0, 2],
      ["dog", 2, 3],
      ["(none)", 5, 1],
    ]);
  });

  test("leaves out the items of closed groups, but not the group", () => {
    const grouped = groupListing(all, items, kind, new Set(["dog"]));
    expect([...grouped.keys]).toEqual([11, 14, 12]);
    expect(grouped.groups?.map(({ count, keys }) => [count, keys.length])).toEqual([
      [2, 2],
      [0, 3],
      [1, 1],
    ]);
  });
});

describe("layout of groups", () => {
  const layout = gridLayout(700, 19, 128, [7, 0, 11, 1]);

  test("each begins with a new row", () => {
    expect(layout.columns).toBe(5);
    expect(layout.rows).toBe(6);
    expect([0, 4, 5, 6, 7, 17, 18].map((index) => [rowOf(layout, index), columnOf(layout, index)])).toEqual([
      [0, 0],
      [0, 4],
      [1, 0],
      [1, 1],
      [2, 0],
      [4, 0],
      [5, 0],
    ]);
    for (let index = 0; index < 19; index++) {
      expect(indexAt(layout, rowOf(layout, index), columnOf(layout, index))).toBe(index);
    }
    expect(indexAt(layout, 1, 2)).toBe(-1);
  });

  test("the arrows go to the row below, or to the last that it has", () => {
    expect(indexInRow(layout, 3, 1)).toBe(6);
    expect(indexInRow(layout, 6, 1)).toBe(8);
    expect(indexInRow(layout, 8, -2)).toBe(1);
    expect(indexInRow(layout, 16, 9)).toBe(18);
  });

  test("rows and heads in a window are those that touch it", () => {
    for (let top = 0; top < layout.height; top += 13) {
      const [first, end] = rowsWithin(layout, top, 300);
      for (let row = 0; row < layout.rows; row++) {
        const y = rowTop(layout, row);
        const touches = y < top + 300 && y + layout.rowHeight > top;
        if (touches) expect(row >= first && row < end).toBe(true);
        if (row < first || row >= end) expect(touches).toBe(false);
      }
      const [from, to] = sectionsWithin(layout, top, 300);
      layout.sections.forEach(({ top: y }, section) => {
        if (y >= top && y < top + 300) expect(section >= from && section < to).toBe(true);
      });
    }
  });

  test("a place in it is found again, at another width too", () => {
    for (const index of [0, 5, 9, 18]) {
      const top = topOfPlace(layout, index);
      expect(rowOf(layout, Math.round(placeAt(layout, top)))).toBe(index === 0 ? 0 : rowOf(layout, index));
      const narrow = gridLayout(300, 19, 128, [7, 0, 11, 1]);
      expect(rowsWithin(narrow, topOfPlace(narrow, placeAt(layout, top)) + 20, 1)[0]).toBe(
        index === 0 ? 0 : rowOf(narrow, Math.floor(placeAt(layout, top))),
      );
    }
  });
});
