import { describe, expect, test } from "vitest";
import {
  countDecided,
  decided,
  type FindingItems,
  firstDifference,
  nextUndecided,
  undecidedOfGroup,
} from "../src/findings/finding.ts";

describe("decisions", () => {
  test("make a new state and leave the old one", () => {
    const before = Int32Array.of(0, 0, 2);
    const after = decided(before, [0, 1], "keep");
    expect([...after]).toEqual([1, 1, 2]);
    expect([...before]).toEqual([0, 0, 2]);
    expect(countDecided(after)).toBe(3);
    expect([...decided(after, [2], "clear")]).toEqual([1, 1, 0]);
    expect(firstDifference(before, after)).toBe(0);
    expect(firstDifference(after, after)).toBe(-1);
  });

  test("lead on to the next undecided item, from the start again at the end", () => {
    expect(nextUndecided(Int32Array.of(0, 1, 0, 2), 0)).toBe(2);
    expect(nextUndecided(Int32Array.of(0, 1, 2, 2), 3)).toBe(0);
    expect(nextUndecided(Int32Array.of(1, 1), 0)).toBe(-1);
    expect(nextUndecided(Int32Array.of(0), 0)).toBe(0);
    expect(nextUndecided(new Int32Array(0), 0)).toBe(-1);
  });

  test("about a group touch only what is undecided in it", () => {
    const items = {
      groups: Int32Array.of(4, 4, -1, 4),
      decisions: Int32Array.of(0, 1, 0, 0),
    } as unknown as FindingItems;
    expect(undecidedOfGroup(items, 0)).toEqual([0, 3]);
    expect(undecidedOfGroup(items, 2)).toEqual([2]);
  });
});
