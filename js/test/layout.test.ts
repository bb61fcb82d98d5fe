import { describe, expect, test } from "vitest";
import {
  GAP,
  gridLayout,
  indicesWithin,
  MAX_SCROLL_HEIGHT,
  PADDING,
  rowsWithin,
  rowTop,
  ScrollMap,
  topToReveal,
} from "../src/grid/layout.ts";
import { randomFrom } from "./random.ts";

describe("layout", () => {
  test("tiles fill the width, at any width and size", () => {
    for (let width = 30; width < 2000; width += 7) {
      for (const wanted of [48, 128, 384]) {
        const { columns, tile } = gridLayout(width, 1000, wanted);
        const used = columns * tile + (columns - 1) * GAP + 2 * PADDING;
        expect(used).toBeLessThanOrEqual(Math.max(width, tile + 2 * PADDING));
        expect(width - used).toBeLessThan(columns + 1);
      }
    }
  });

  test("a million items need more height than a browser has", () => {
    const layout = gridLayout(700, 1_000_000, 128);
    expect(layout.rows * layout.columns).toBeGreaterThanOrEqual(1_000_000);
    expect(layout.height).toBeGreaterThan(MAX_SCROLL_HEIGHT);
  });

  test("the rows in a window are those that touch it", () => {
    const layout = gridLayout(700, 500, 128);
    expect(rowsWithin(layout, 0, 1)).toEqual([0, 0]);
    expect(rowsWithin(layout, 0, PADDING + 1)).toEqual([0, 1]);
    expect(rowsWithin(layout, rowTop(layout, 7), 1)).toEqual([7, 8]);
    expect(rowsWithin(layout, layout.height * 2, 400)).toEqual([layout.rows, layout.rows]);
  });

  test("revealing moves no further than needed", () => {
    const layout = gridLayout(700, 500, 128);
    expect(topToReveal(layout, 0, 0, 480)).toBe(0);
    const below = topToReveal(layout, 3, 0, 480);
    expect(below + 480).toBe(rowTop(layout, 3) + layout.rowHeight - GAP + PADDING);
    expect(topToReveal(layout, 0, 300, 480)).toBe(0);
    expect(topToReveal(layout, 5, 0, 50)).toBe(rowTop(layout, 5) - PADDING);
  });

  test("a rectangle touches the tiles it overlaps, and none in the gaps", () => {
    const layout = gridLayout(700, 12, 128);
    const box = (left: number, top: number, right: number, bottom: number) =>
      indicesWithin(layout, 700, { left, top, right, bottom });
    expect(layout.columns).toBe(5);
    expect(box(0, 0, 700, 5000)).toEqual([...Array(12).keys()]);
    expect(box(20, 20, 21, 21)).toEqual([0]);
    expect(box(680, 20, 690, rowTop(layout, 1) + 1)).toEqual([4, 9]);
    expect(box(680, rowTop(layout, 2), 690, rowTop(layout, 2) + 9)).toEqual([]);
    const gap = rowTop(layout, 1) - GAP / 2;
    expect(box(0, gap, 700, gap + 1)).toEqual([]);
  });

  test("nothing to show has no rows and no height", () => {
    expect(gridLayout(700, 0, 128)).toMatchObject({ rows: 0, height: 0 });
  });
});

describe("scrolling", () => {
  const WINDOW = 480;

  function scrolledOver(height: number): ScrollMap {
    const scroll = new ScrollMap();
    scroll.resize(height, WINDOW);
    return scroll;
  }

  test("below the limit the native position is the position", () => {
    const scroll = scrolledOver(10_000);
    scroll.onScroll(1234.5);
    expect([scroll.top, scroll.offset, scroll.settled()]).toEqual([1234.5, 0, 1234.5]);
  });

  test("above it the ends are the ends", () => {
    const scroll = scrolledOver(40_000_000);
    expect(scroll.scrollHeight).toBe(MAX_SCROLL_HEIGHT);
    scroll.onScroll(MAX_SCROLL_HEIGHT - WINDOW);
    expect(scroll.top).toBe(40_000_000 - WINDOW);
    scroll.onScroll(0);
    expect(scroll.top).toBe(0);
  });

  test("a small move is one to one, a jump is by ratio", () => {
    const scroll = scrolledOver(40_000_000);
    scroll.onScroll(7_000_000);
    expect(scroll.top / 40_000_000).toBeCloseTo(7 / 15, 4);
    const { top, offset } = scroll;
    scroll.onScroll(7_000_100);
    expect(scroll.top).toBe(top + 100);
    expect(scroll.offset).toBe(offset);
  });

  test("settling never moves the content, and leaves no drift", () => {
    const random = randomFrom(3);
    const scroll = scrolledOver(40_000_000);
    let native = 0;
    for (let step = 0; step < 5000; step++) {
      native = Math.min(Math.max(native + (random() - 0.4) * 400, 0), MAX_SCROLL_HEIGHT - WINDOW);
      scroll.onScroll(native);
      if (random() < 0.05) {
        const { top } = scroll;
        native = scroll.goTo(top);
        expect(scroll.top).toBe(top);
        scroll.onScroll(native); // the browser reports what we have set
        expect(scroll.top).toBe(top);
      }
    }
    expect(Math.abs(native / (MAX_SCROLL_HEIGHT - WINDOW) - scroll.top / scroll.maxTop)).toBeLessThan(0.001);
  });
});
