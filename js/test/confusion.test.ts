import { describe, expect, test } from "vitest";
import { geometryOf, inWindow, zoomed } from "../src/confusion/geometry.ts";
import { cellValue, countMatrix, largestErrors, MAX_CLASSES, shownClasses } from "../src/confusion/matrix.ts";
import { NOTHING, pairsOf } from "../src/confusion/pairs.ts";
import { similarOrder } from "../src/confusion/seriation.ts";
import { cellText } from "../src/confusion/words.ts";
import { Bitset } from "../src/lib/data/bitset.ts";
import type { CategoryColumn, ListColumn } from "../src/lib/data/columns.ts";
import { randomFrom } from "./random.ts";

/** A column as the kernel sends it: names sorted, null: no value. */
function single(values: (string | null)[]): CategoryColumn {
  const categories = [...new Set(values.filter((value) => value !== null))].sort();
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : categories.indexOf(value)));
  return { kind: "category", name: "c", codes, categories, distinct: categories.length };
}

function lists(values: (string[] | null)[]): ListColumn {
  const categories = [...new Set(values.flatMap((value) => value ?? []))].sort();
  const coded = values.map((value) => {
    if (value === null) return [-1];
    return value.length ? value.map((name) => categories.indexOf(name)).sort() : [categories.length];
  });
  const starts = [0];
  for (const codes of coded) starts.push((starts.at(-1) as number) + codes.length);
  const [codes, of] = [Int32Array.from(coded.flat()), Int32Array.from(starts)];
  return { kind: "list", name: "c", codes, starts: of, categories, distinct: categories.length };
}

const keys = (count: number) => Uint32Array.from({ length: count }, (_, row) => row + 10);

/** Counts by given and predicted name. */
function cellsOf(
  given: CategoryColumn | ListColumn,
  predicted: CategoryColumn | ListColumn,
  rows?: Uint8Array,
) {
  const pairs = pairsOf(given, predicted);
  const shown = shownClasses(pairs, "name");
  const mask = rows ? { rows, count: rows.reduce((sum, one) => sum + one, 0) } : null;
  const matrix = countMatrix(pairs, shown, keys(pairs.known.length), mask, null);
  const cells: Record<string, number> = {};
  matrix.counts.forEach((count, at) => {
    const [row, column] = [Math.floor(at / matrix.size), at % matrix.size];
    if (count) cells[`${pairs.names[shown.order[row]]} ${pairs.names[shown.order[column]]}`] = count;
  });
  return { cells, matrix };
}

describe("cells", () => {
  test("hold the items of one class that are predicted another, of what passes the filter", () => {
    const given = single(["cat", "cat", "dog", null, "dog", "cat"]);
    const predicted = single(["cat", "dog", "dog", "cat", null, "fox"]);
    const all = cellsOf(given, predicted);
    expect(all.cells).toEqual({ "cat cat": 1, "cat dog": 1, "cat fox": 1, "dog dog": 1 });
    expect(all.matrix).toMatchObject({ items: 4, wrong: 2, unknown: 2, mostErrors: 1 });
    const some = cellsOf(given, predicted, Uint8Array.of(1, 0, 1, 1, 0, 0));
    expect(some.cells).toEqual({ "cat cat": 1, "dog dog": 1 });
    expect(some.matrix).toMatchObject({ items: 2, wrong: 0, unknown: 1, size: 3 });
  });

  test("of several classes an item have each that is missed with each in its place, as in Python", () => {
    const given = lists([["cat", "dog"], ["cat"], ["dog"], [], ["cat", "dog"], null]);
    const predicted = lists([["cat", "fox"], ["cat"], [], ["fox"], ["fox"], ["fox"]]);
    const { cells, matrix } = cellsOf(given, predicted);
    expect(cells).toEqual({
      "cat cat": 2,
      "cat fox": 1,
      "dog fox": 2,
      [`dog ${NOTHING}`]: 1,
      [`${NOTHING} fox`]: 1,
    });
    expect(matrix).toMatchObject({ items: 5, wrong: 4, unknown: 1 });
  });

  test("show counts, or shares of their row or column", () => {
    const pairs = pairsOf(single(["a", "a", "a", "b"]), single(["a", "a", "b", "b"]));
    const shown = shownClasses(pairs, "name");
    const matrix = countMatrix(pairs, shown, keys(4), null, Bitset.fromKeys([12]));
    expect([...matrix.kept]).toEqual([0, 1, 0, 0]);
    expect(cellValue(matrix, 0, 1, "none")).toBe(1);
    expect(cellValue(matrix, 0, 1, "given")).toBeCloseTo(1 / 3);
    expect(cellValue(matrix, 0, 1, "predicted")).toBeCloseTo(1 / 2);
    expect([cellText(1 / 3, "given"), cellText(0.001, "given"), cellText(12_345, "none")]).toEqual([
      "33",
      "<1",
      "12k",
    ]);
    expect(largestErrors(matrix, 5)).toEqual([{ row: 0, column: 1, count: 1 }]);
  });
});

describe("classes", () => {
  const random = randomFrom(3);
  const names = Array.from({ length: 300 }, (_, at) => `c${String(at).padStart(3, "0")}`);
  const given = Array.from({ length: 6000 }, (_, at) => names[at % 300]);
  const predicted = given.map((name, at) =>
    at % 300 < 250 && random() < 0.3 ? names[(at * 7) % 250] : name,
  );

  test("of very many are the most confused, and all of them count in the sums", () => {
    const pairs = pairsOf(single(given), single(predicted));
    const shown = shownClasses(pairs, "similar");
    expect(shown).toMatchObject({ total: 300 });
    expect(shown.order.length).toBe(MAX_CLASSES);
    expect(new Set(shown.order).size).toBe(MAX_CLASSES);
    expect(Math.max(...shown.order)).toBeLessThan(250);
    const matrix = countMatrix(pairs, shown, keys(6000), null, null);
    expect(matrix.items).toBe(6000);
    shown.order.forEach((place, row) => {
      expect(matrix.rowTotals[row]).toBe(given.filter((name) => name === names[place]).length);
    });
  });

  test("stand by size or by name as well", () => {
    const pairs = pairsOf(single(["b", "b", "c", "a"]), single(["b", "a", "c", "b"]));
    const order = (by: "size" | "name") => shownClasses(pairs, by).order.map((place) => pairs.names[place]);
    expect(order("size")).toEqual(["b", "a", "c"]);
    expect(order("name")).toEqual(["a", "b", "c"]);
  });

  test("that are taken for each other lie beside each other", () => {
    // Three groups of four, mixed: within a group one neighbour is likelier than the others.
    const count = 12;
    const place = [0, 5, 9, 1, 6, 10, 2, 7, 11, 3, 4, 8];
    const likeness = new Float64Array(count * count);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        if (i !== j && Math.floor(i / 4) === Math.floor(j / 4))
          likeness[place[i] * count + place[j]] = 1 / Math.abs(i - j);
    const order = similarOrder(count, likeness, new Array(count).fill(1)).map((at) => place.indexOf(at));
    for (const group of [0, 1, 2]) {
      const four = order.slice(group * 4, group * 4 + 4);
      expect(new Set(four.map((at) => Math.floor(at / 4))).size).toBe(1);
      const steps = four.slice(1).map((at, before) => Math.abs(at - four[before]));
      expect(steps).toEqual([1, 1, 1]);
    }
  });

  test("with nothing in common are all there", () => {
    expect(similarOrder(3, new Float64Array(9), [1, 5, 3])).toEqual([1, 2, 0]);
    expect(similarOrder(0, new Float64Array(0), [])).toEqual([]);
  });
});

describe("geometry", () => {
  test("fits few classes into the window and keeps many readable", () => {
    const axes = ["label", "prediction"];
    const few = geometryOf(["cat", "dog"], axes, 0, 800, 500);
    expect(few).toMatchObject({ cell: 96, wide: 154, upright: false });
    const some = geometryOf(Array(15).fill("vehicles"), axes, 0, 800, 500);
    expect(some.left + 15 * some.wide).toBeLessThanOrEqual(800);
    expect(some.top + 15 * some.cell).toBeLessThanOrEqual(500);
    const many = Array(200).fill("a long name");
    expect(geometryOf(many, axes, 0, 800, 500)).toMatchObject({ cell: 20, wide: 20, upright: true });
    expect(geometryOf(many, axes, 12, 800, 500).cell).toBe(12);
    expect([zoomed(8, false), zoomed(26, true)]).toEqual([8, 34]);
  });

  test("has the cells of the window and a few more on the page", () => {
    expect(inWindow(0, 400, 26, 200)).toEqual([0, 22]);
    expect(inWindow(2600, 400, 26, 200)).toEqual([97, 119]);
    expect(inWindow(5000, 400, 26, 200)[1]).toBe(200);
  });
});
