import { describe, expect, it } from "vitest";
import { partnerOf } from "../src/grid/compare.ts";
import { Bitset } from "../src/lib/data/bitset.ts";
import { differences, factsOf } from "../src/lib/pictures/facts.tsx";
import { parseBoxes } from "../src/lib/wire/boxes.ts";
import { parseDetails } from "../src/lib/wire/protocol.ts";

describe("what an item is compared with", () => {
  const kept = Bitset.fromKeys([3, 5, 9]);

  it("is where the range began", () => {
    expect(partnerOf(5, 9, kept)).toBe(9);
  });

  it("is another one that is kept", () => {
    expect(partnerOf(3, 3, kept)).toBe(5);
    expect(partnerOf(7, null, kept)).toBe(3);
  });

  it("is nothing where it is the only one", () => {
    expect(partnerOf(5, 5, Bitset.fromKeys([5]))).toBeNull();
  });
});

describe("the facts of two items", () => {
  const item = (id: string, width: number, copy_of: string | null = null) =>
    factsOf({
      id,
      label: null,
      details: parseDetails({
        key: 1,
        id,
        label: "cat",
        status: "ok",
        properties: { width, height: 8, copy_of },
      }),
      objects: ["dog", "cat", "dog"],
    });

  it("count what is on them", () => {
    expect(item("a", 1)).toContainEqual(["objects", "2 × dog, cat"]);
  });

  it("are shown where they differ, a missing one as nothing", () => {
    expect(differences(item("a", 1), item("b", 1))).toEqual([["id", "a", "b"]]);
    expect(differences(item("a", 1000), item("a", 2, "c"))).toEqual([
      ["width", "1,000", "2"],
      ["copy_of", "", "c"],
    ]);
  });
});

describe("boxes on the wire", () => {
  const boxes = { width: 10, height: 20, names: ["cat"], boxes: [1, 2, 3, 4.5] };

  it("are four numbers a name", () => {
    expect(parseBoxes({ ...boxes, key: 3 })).toEqual(boxes);
    expect(() => parseBoxes({ ...boxes, boxes: [1, 2, 3] })).toThrow("boxes");
    expect(() => parseBoxes({ ...boxes, boxes: [1, 2, 3, "url(x)"] })).toThrow("boxes");
    expect(() => parseBoxes({ ...boxes, width: -1 })).toThrow("width");
  });

  it("may have a mask each, of outlines of numbers", () => {
    const masked = { ...boxes, masks: [[[1, 2, 3, 4, 5, 6.5]]] };
    expect(parseBoxes(masked)).toEqual(masked);
    expect(() => parseBoxes({ ...boxes, masks: [[], []] })).toThrow("not a mask a name");
    expect(() => parseBoxes({ ...boxes, masks: [[[1, "url(x)"]]] })).toThrow("a corner that is no number");
    expect(() => parseBoxes({ ...boxes, masks: [3] })).toThrow("not a list");
  });
});
