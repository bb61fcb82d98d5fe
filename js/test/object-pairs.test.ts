import { describe, expect, test } from "vitest";
import { countMatrix, shownClasses } from "../src/confusion/matrix.ts";
import { type ObjectPairs, pairsFrom } from "../src/confusion/object-pairs.ts";
import { summary } from "../src/confusion/words.ts";
import { Items } from "../src/lib/data/items.ts";

/** A cat found at 0.9, one taken for a dog at 0.6, a dog missed, and a dog at 0.3 where nothing is. */
const all: ObjectPairs = {
  names: ["cat", "dog", "nothing"],
  keys: Uint32Array.of(4, 4, 4, 7, 7, 7),
  given: Int32Array.of(0, 0, 0, 0, 1, 2),
  predicted: Int32Array.of(0, 2, 1, 2, 2, 1),
  low: Float64Array.of(-1, 0.9, -1, 0.6, -1, -1),
  high: Float64Array.of(0.9, 2, 0.6, 2, 2, 0.3),
};
const items = new Items(Uint32Array.of(7, 4));

function matrixAt(score: number) {
  const pairs = pairsFrom(all, items, score);
  const shown = shownClasses(pairs, "name");
  return countMatrix(pairs, shown, items.keys, null, null);
}

describe("objects", () => {
  test("count once in their row, predictions once in their column, from a score on", () => {
    expect([...matrixAt(0).counts]).toEqual([1, 1, 0, 0, 0, 1, 0, 1, 0]);
    expect([...matrixAt(0.5).counts]).toEqual([1, 1, 0, 0, 0, 1, 0, 0, 0]);
    expect([...matrixAt(0.7).counts]).toEqual([1, 0, 1, 0, 0, 1, 0, 0, 0]);
  });

  test("are told in words", () => {
    expect(summary(matrixAt(0))).toBe(
      "33.3 % of 3 objects found · 1 confused · 1 missed · 1 where nothing is",
    );
  });
});
