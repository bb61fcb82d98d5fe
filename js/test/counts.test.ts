import { describe, expect, test } from "vitest";
import { equalQuotas, evenness, imbalanceRatio, withQuota } from "../src/balance/measures.ts";
import { argsort } from "../src/lib/data/argsort.ts";
import type { CategoryColumn, NumberColumn } from "../src/lib/data/columns.ts";
import { binCodes, binOf, binsOf, countCodes, edgesOf, roundStep } from "../src/lib/data/counts.ts";
import { randomFrom } from "./random.ts";

const numbers = (values: number[]): NumberColumn => ({
  kind: "number",
  name: "n",
  values: Float32Array.from(values),
});

describe("bins", () => {
  test("have round edges and hold every value", () => {
    const random = randomFrom(1);
    for (const [low, high] of [
      [0, 1],
      [-3.2, 17],
      [1e-6, 3e-6],
      [4000, 4321],
    ]) {
      const values = Array.from({ length: 500 }, () => low + random() * (high - low));
      const column = numbers([...values, Number.NaN, low, high]);
      const bins = binsOf(column, 20);
      if (!bins) throw new Error("no bins");
      expect(bins.count).toBeLessThanOrEqual(22);
      expect(roundStep(bins.width)).toBeCloseTo(bins.width, 10);
      const codes = binCodes(column, bins);
      expect(codes[500]).toBe(-1);
      codes.forEach((code, row) => {
        if (code < 0) return;
        const [from, to] = edgesOf(bins, code);
        const value = column.values[row];
        const slack = bins.width * 1e-3;
        expect(value).toBeGreaterThanOrEqual(from - slack);
        expect(value).toBeLessThanOrEqual(to + slack);
      });
    }
  });

  test("of one value are one, of none are none", () => {
    expect(binsOf(numbers([7, 7]), 20)?.count).toBe(1);
    expect(binsOf(numbers([Number.NaN]), 20)).toBeNull();
    expect(binOf({ low: 0, width: 1, count: 4 }, 99)).toBe(3);
  });
});

test("codes are counted, those that do not pass are not", () => {
  const column: CategoryColumn = {
    kind: "category",
    name: "c",
    codes: Int32Array.of(0, 1, 1, -1, -2, 1),
    categories: ["a", "b"],
    distinct: 3,
  };
  expect([...countCodes(column, null)]).toEqual([1, 1, 1, 3]);
  expect([...countCodes(column, { rows: Uint8Array.of(1, 0, 1, 1, 0, 0), count: 3 })]).toEqual([0, 1, 1, 1]);
});

describe("argsort", () => {
  test("agrees with a sort, keeps the order of equals, and puts what has no value last", () => {
    const random = randomFrom(2);
    const list = Array.from({ length: 3_000 }, () => Math.round((random() - 0.5) * 1e3) / 8);
    for (const values of [Float32Array.from(list), Float64Array.from(list)]) {
      values[7] = Number.NaN;
      values[9] = Number.NEGATIVE_INFINITY;
      values[11] = -0;
      const order = [...argsort(values)];
      const value = (at: number) => (Number.isNaN(values[at]) ? Infinity : values[at] + 0);
      const expected = [...values.keys()].sort((a, b) =>
        value(a) === value(b) ? a - b : value(a) - value(b),
      );
      // Minus zero comes before zero: leave both out.
      const others = (list: number[]) => list.filter((at) => values[at] !== 0);
      expect(others(order)).toEqual(others(expected));
    }
  });

  test("sorts dates to the millisecond, and integers of both signs", () => {
    const dates = Float64Array.of(1.7e12 + 2, 1.7e12, 1.7e12 + 1, -5);
    expect([...argsort(dates)]).toEqual([3, 1, 2, 0]);
    expect([...argsort(Int32Array.of(3, -1, 2, -2))]).toEqual([3, 1, 2, 0]);
  });
});

describe("measures of balance", () => {
  test("are one for equal classes", () => {
    expect(imbalanceRatio([4, 4, 4])).toBe(1);
    expect(evenness([4, 4, 4])).toBeCloseTo(1);
  });

  test("say how far from equal others are", () => {
    expect(imbalanceRatio([30, 3])).toBe(10);
    expect(imbalanceRatio([30, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(evenness([30, 0, 0])).toBe(0);
    // Shares of 1/2, 1/4, 1/4: 1.5 bits of log2(3).
    expect(evenness([2, 1, 1])).toBeCloseTo(1.5 / Math.log2(3));
    expect(evenness([])).toBeNaN();
  });

  test("quotas are one in all, whatever is moved", () => {
    let quotas = equalQuotas(["a", "b", "c", "d"]);
    const random = randomFrom(3);
    for (let step = 0; step < 200; step++) {
      const name = "abcd"[Math.floor(random() * 4)];
      const share = random() * 1.4 - 0.2;
      quotas = withQuota(quotas, name, share);
      expect(quotas[name]).toBeCloseTo(Math.min(Math.max(share, 0), 1));
      expect(Object.values(quotas).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
      expect(Math.min(...Object.values(quotas))).toBeGreaterThanOrEqual(0);
    }
    expect(withQuota({ a: 1, b: 0, c: 0 }, "a", 0.5)).toEqual({ a: 0.5, b: 0.25, c: 0.25 });
  });
});
