import { describe, expect, test } from "vitest";
import { DrawnFilter, EVERYTHING, keepDrawn } from "../src/lib/data/drawn-filter.ts";
import { drawingOf } from "../src/lib/pictures/shapes.ts";
import { parsePredicted } from "../src/lib/wire/boxes.ts";
import type { WidgetModel } from "../src/lib/wire/view.ts";

const labels = { width: 100, height: 50, names: ["cat", "dog"], boxes: [0, 0, 9, 9, 50, 10, 20, 20] };
/** A cat found, a dog taken for a cat, and one that is nowhere. */
const predicted = parsePredicted({
  width: 100,
  height: 50,
  names: ["cat", "cat", "dog"],
  boxes: [1, 0, 9, 9, 50, 10, 21, 20, 80, 30, 5, 5],
  scores: [0.9, 0.6, 0.3],
  outcomes: [0, 1, 4],
  matches: [0, 1, -1],
});

const drawn = (choice: Partial<typeof EVERYTHING>) =>
  drawingOf(labels, predicted, { ...EVERYTHING, ...choice })?.shapes.map(
    ({ name, score, outcome }) => `${name} ${score ?? "label"} ${outcome}`,
  );

describe("what is drawn", () => {
  test("labels and predictions, each with what it comes to", () => {
    expect(drawn({})).toEqual([
      "cat label right",
      "dog label confused",
      "cat 0.9 right",
      "cat 0.6 confused",
      "dog 0.3 false positive",
    ]);
    expect(drawingOf(labels, null, EVERYTHING)?.shapes.map(({ outcome }) => outcome)).toEqual([null, null]);
    expect(drawingOf(null, null, EVERYTHING)).toBeNull();
  });

  test("a label whose predictions are below the score is missed", () => {
    expect(drawn({ score: 0.61 })).toEqual(["cat label right", "dog label missed", "cat 0.9 right"]);
    expect(drawn({ score: 0.61, outcomes: ["missed"] })).toEqual(["dog label missed"]);
  });

  test("by class and by outcome", () => {
    expect(drawn({ classes: ["dog"] })).toEqual(["dog label confused", "dog 0.3 false positive"]);
    expect(drawn({ outcomes: ["confused"] })).toEqual(["dog label confused", "cat 0.6 confused"]);
  });
});

describe("the choice", () => {
  test("is the session's, whichever side changes it", () => {
    let trait: unknown = { yolo: { score: 0.25 } };
    let told = () => {};
    const model = {
      get: () => trait,
      set: (_: string, value: unknown) => {
        trait = value;
      },
      save_changes: () => {},
      on: (_: string, callback: () => void) => {
        told = callback;
      },
    } as unknown as WidgetModel;
    const filter = new DrawnFilter();
    keepDrawn(model, filter);
    expect(filter.of("yolo").score).toBe(0.25);
    filter.toggle("yolo", "classes", "cat");
    expect(trait).toEqual({ yolo: { score: 0.25, classes: ["cat"], outcomes: [] } });
    filter.toggle("yolo", "classes", "cat");
    expect(filter.of("yolo").classes).toEqual([]);
    trait = { yolo: { score: 7, classes: [1, "dog"] }, other: null };
    told();
    expect(filter.of("yolo")).toEqual({ score: 1, classes: ["dog"], outcomes: [] });
    expect(filter.of("nobody")).toEqual(EVERYTHING);
  });
});
