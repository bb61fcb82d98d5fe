import { describe, expect, test, vi } from "vitest";
import { shownPane, slotsFor } from "../src/curator/layout.ts";
import { PaneModel } from "../src/curator/pane-model.ts";
import type { WidgetModel } from "../src/lib/wire/view.ts";
import { barsOf, parseContent } from "../src/report/content.ts";

describe("the layout", () => {
  test("has every view once at any width, side by side when there is room", () => {
    for (const width of [300, 600, 819, 820, 1279, 1280, 2560]) {
      const panes = slotsFor(width).flatMap((slot) => slot.panes);
      expect([...panes].sort()).toEqual(["balance", "clusters", "findings", "grid", "map"]);
    }
    expect([600, 1000, 1600].map((width) => slotsFor(width).length)).toEqual([1, 2, 3]);
  });

  test("shows in each slot what was chosen last of its own", () => {
    const [middle, right] = slotsFor(1000);
    expect(shownPane(right, [])).toBe("map");
    expect(shownPane(right, ["grid", "findings", "map"])).toBe("findings");
    expect(shownPane(middle, ["findings"])).toBe("grid");
  });
});

describe("a pane's model", () => {
  const traits: Record<string, unknown> = { view: 3, color: "label", height: 700 };
  const outer = {
    get: (name: string) => traits[name],
    set: vi.fn(),
    save_changes: vi.fn(),
    on: vi.fn(),
    off: vi.fn(),
  } as unknown as WidgetModel;

  test("shares what the widget has, and keeps the rest and its height to itself", () => {
    const pane = new PaneModel(outer);
    expect([pane.get("view"), pane.get("color"), pane.get("height")]).toEqual([3, "label", undefined]);
    pane.set("color", "cluster");
    expect(outer.set).toHaveBeenCalledWith("color", "cluster");
    pane.set("height", 100);
    pane.set("position", 4);
    expect([pane.get("height"), pane.get("position")]).toEqual([100, 4]);
    expect(outer.set).toHaveBeenCalledTimes(1);
  });

  test("takes off only its own listeners", () => {
    const [one, other] = [new PaneModel(outer), new PaneModel(outer)];
    const [a, b] = [vi.fn(), vi.fn()];
    one.on("change:color", a);
    other.on("change:color", b);
    one.off("change:color");
    expect(outer.off).toHaveBeenCalledTimes(1);
    expect(outer.off).toHaveBeenCalledWith("change:color", a);
  });
});

test("a report's bars are shares of the longest, and what is no number has none", () => {
  const { measures } = parseContent({
    measures: [
      { name: "imbalance_ratio", subset: 2, whole: "∞", random_mean: 4, random_spread: null, better: true },
    ],
  });
  expect(barsOf(measures[0])).toEqual({ subset: 0.5, whole: 0, random: 1 });
});
