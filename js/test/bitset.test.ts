import { expect, test } from "vitest";
import { Bitset } from "../src/lib/data/bitset.ts";
import { Marks } from "../src/lib/data/marks.ts";
import { randomFrom } from "./random.ts";

test("bit `key & 7` of byte `key >> 3`, as on the wire", () => {
  expect([...Bitset.fromKeys([0, 9, 17]).bytes.subarray(0, 3)]).toEqual([1, 2, 2]);
});

test("agrees with a Set over random changes", () => {
  const random = randomFrom(1);
  const bits = new Bitset();
  const reference = new Set<number>();
  for (let step = 0; step < 20_000; step++) {
    const key = Math.floor(random() * 3000);
    if (random() < 0.5) {
      bits.add(key);
      reference.add(key);
    } else {
      bits.delete(key);
      reference.delete(key);
    }
  }
  expect([...bits.keys()]).toEqual([...reference].sort((a, b) => a - b));
  expect(bits.count()).toBe(reference.size);
});

test("has nothing beyond its end, and grows when asked to hold it", () => {
  const bits = Bitset.fromKeys([3]);
  expect(bits.has(1_000_000)).toBe(false);
  bits.delete(1_000_000);
  bits.add(1_000_000);
  expect([...bits.keys()]).toEqual([3, 1_000_000]);
  expect([...bits.keys(1)]).toEqual([3]);
});

test("sets of different capacity are equal if they hold the same", () => {
  const grown = Bitset.fromKeys([5, 4000]);
  grown.delete(4000);
  expect(grown.equals(Bitset.fromKeys([5]))).toBe(true);
  expect(grown.equals(Bitset.fromKeys([6]))).toBe(false);
});

test("an item has one mark or none", () => {
  const marks = Marks.none.apply("keep", [1, 2, 3]).apply("reject", [2]);
  expect([1, 2, 4].map((key) => marks.of(key))).toEqual(["kept", "rejected", null]);
  const set = marks.apply("set", [4]);
  expect([1, 2, 4].map((key) => set.of(key))).toEqual([null, "rejected", "kept"]);
  expect(marks.apply("set", [2]).of(2)).toBe("kept");
  expect(marks.apply("unmark", [1, 2]).keptCount).toBe(1);
});

test("union and difference agree with those of Sets, whatever the capacities", () => {
  const random = randomFrom(2);
  for (const [few, most] of [
    [40, 5000],
    [2000, 300],
    [0, 100],
  ]) {
    const [a, b] = [few, 200].map((count) =>
      Array.from({ length: count }, () => Math.floor(random() * most)),
    );
    const [first, second] = [Bitset.fromKeys(a), Bitset.fromKeys(b)];
    const sorted = (keys: Iterable<number>) => [...new Set(keys)].sort((x, y) => x - y);
    expect([...first.union(second).keys()]).toEqual(sorted([...a, ...b]));
    expect([...first.without(second).keys()]).toEqual(sorted(a.filter((key) => !b.includes(key))));
    expect([...second.without(first).keys()]).toEqual(sorted(b.filter((key) => !a.includes(key))));
    expect([...first.keys()]).toEqual(sorted(a));
  }
});
