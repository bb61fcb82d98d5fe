import { describe, expect, test } from "vitest";
import type { NumberColumn } from "../src/lib/data/columns.ts";
import { axisOf, placeOn, ticksOf, valueAt } from "../src/scatter/axis.ts";
import { planeOf } from "../src/scatter/places.ts";

const column = (...values: number[]): NumberColumn => ({
  kind: "number",
  name: "n",
  values: Float64Array.from(values),
});
const texts = (log: boolean, most: number, ...values: number[]) => {
  const axis = axisOf(column(...values), log);
  return axis && ticksOf(axis, 0, 1, most).map(({ text }) => text);
};

describe("an axis", () => {
  test("has round marks, as many as there is room for", () => {
    expect(texts(false, 5, 0, 1)).toEqual(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(texts(false, 4, 13, 97)).toEqual(["50"]);
    expect(texts(false, 5, -40_000, 60_000)).toEqual(["-40K", "-20K", "0", "20K", "40K", "60K"]);
    expect(texts(true, 8, 1, 10_000)).toEqual(["1", "10", "100", "1,000", "10K"]);
    expect(texts(true, 2, 1, 10_000)).toEqual(["1", "100", "10K"]);
  });

  test("leads from values to places and back", () => {
    for (const log of [false, true]) {
      const axis = axisOf(column(2, 32), log);
      if (!axis) throw new Error("no axis");
      expect([2, 8, 32].map((value) => valueAt(axis, placeOn(axis, value)))).toEqual([
        expect.closeTo(2),
        expect.closeTo(8),
        expect.closeTo(32),
      ]);
    }
  });

  test("of one value has it in the middle, and of none there is none", () => {
    for (const value of [5, 0, -3]) {
      const axis = axisOf(column(value, Number.NaN), false);
      expect(axis && placeOn(axis, value)).toBeCloseTo(0.5);
    }
    expect(axisOf(column(Number.NaN), false)).toBeNull();
    expect(axisOf(column(-1, 0), true)).toBeNull();
  });
});

test("items without a value, or without a logarithm, have no place and are counted", () => {
  const [x, y] = [column(0, 1, 2, Number.NaN), column(0, 10, 1000, 10)];
  const plane = planeOf(x, y, { logX: false, logY: true, aspect: 2 });
  expect(plane?.missing).toBe(2);
  expect([...(plane?.x ?? [])]).toEqual([Number.NaN, 1, 2, Number.NaN]);
  expect([...(plane?.y ?? [])]).toEqual([Number.NaN, 0, 1, Number.NaN]);
  expect(planeOf(x, column(0, 0, 0, 0), { logX: false, logY: true, aspect: 2 })).toBeNull();
});
