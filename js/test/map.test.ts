import { describe, expect, test } from "vitest";
import { boxInView, fitBox, type Point, pan, toPixels, toUnits, zoom } from "../src/map/camera.ts";
import { placeNames } from "../src/map/place-names.ts";
import { PointCloud } from "../src/map/point-cloud.ts";
import { PointIndex } from "../src/map/point-index.ts";
import { contains, cornersOf, simplify } from "../src/map/polygon.ts";
import { drawLayer, packed } from "../src/map/raster.ts";
import { randomFrom } from "./random.ts";

function randomPoints(count: number, seed = 1): { x: Float32Array; y: Float32Array } {
  const random = randomFrom(seed);
  const axis = () => Float32Array.from({ length: count }, () => random() * random() * 10 - 3);
  return { x: axis(), y: axis() };
}

describe("camera", () => {
  const size = { width: 600, height: 400 };
  const box = { left: -2, right: 4, bottom: 1, top: 9 };

  test("shows all of a box, and pixels and units lead to each other", () => {
    const camera = fitBox(box, size);
    for (const corner of cornersOf(box)) {
      const [px, py] = toPixels(camera, size, corner);
      expect(px).toBeGreaterThanOrEqual(0);
      expect(px).toBeLessThanOrEqual(600);
      expect(py).toBeGreaterThanOrEqual(0);
      expect(py).toBeLessThanOrEqual(400);
      expect(toUnits(camera, size, [px, py])[0]).toBeCloseTo(corner[0]);
      expect(toUnits(camera, size, [px, py])[1]).toBeCloseTo(corner[1]);
    }
    expect(toPixels(camera, size, [0, 9])[1]).toBeLessThan(toPixels(camera, size, [0, 1])[1]);
  });

  test("what is under the pointer stays there when one zooms, and moves along when one drags", () => {
    const whole = fitBox(box, size);
    const at: Point = [450, 90];
    const before = toUnits(whole, size, at);
    const closer = zoom(whole, size, 3.7, at, whole);
    expect(closer.scale).toBeCloseTo(whole.scale * 3.7);
    expect(toPixels(closer, size, before)[0]).toBeCloseTo(450);
    expect(toPixels(closer, size, before)[1]).toBeCloseTo(90);
    expect(toPixels(pan(closer, 20, -30), size, before)[0]).toBeCloseTo(470);
    expect(toPixels(pan(closer, 20, -30), size, before)[1]).toBeCloseTo(60);
    expect(zoom(whole, size, 1e-9, at, whole).scale).toBeCloseTo(whole.scale / 2);
  });

  test("a box of no size can be shown", () => {
    const camera = fitBox({ left: 1, right: 1, bottom: 2, top: 2 }, size);
    expect(toPixels(camera, size, [1, 2])).toEqual([300, 200]);
  });
});

describe("lasso", () => {
  const random = randomFrom(5);
  const star: Point[] = Array.from({ length: 14 }, (_, at) => {
    const far = at % 2 ? 1.2 : 3.5;
    return [Math.cos((at / 14) * 6.283) * far, Math.sin((at / 14) * 6.283) * far + 0.5];
  });
  const scribble: Point[] = Array.from({ length: 40 }, () => [random() * 8 - 3, random() * 8 - 3]);

  test.each([
    ["a star", star],
    ["a line that crosses itself", scribble],
    ["a rectangle", cornersOf({ left: -1, right: 0.3, bottom: 0, top: 2 })],
    ["something far away", cornersOf({ left: 50, right: 60, bottom: 0, top: 2 })],
    ["all", cornersOf({ left: -50, right: 50, bottom: -50, top: 50 })],
  ])("finds with the index what looking at every point finds: %s", (_, polygon) => {
    const { x, y } = randomPoints(20_000);
    const expected = [...x.keys()].filter((point) => contains(polygon, x[point], y[point]));
    expect([...new PointIndex(x, y).inside(polygon)].sort((a, b) => a - b)).toEqual(expected);
  });

  test("less than a triangle holds nothing, and points without a place are nowhere", () => {
    const { x, y } = randomPoints(100);
    x[3] = Number.NaN;
    const index = new PointIndex(x, y);
    expect(index.inside([[0, 0]])).toHaveLength(0);
    expect(index.inside(cornersOf({ left: -99, right: 99, bottom: -99, top: 99 }))).toHaveLength(99);
    expect(new PointIndex(new Float32Array(0), new Float32Array(0)).inside(star)).toHaveLength(0);
  });

  test("a simplified line stays near the drawn one", () => {
    const circle: Point[] = Array.from({ length: 400 }, (_, at) => [
      100 * Math.cos(at / 63.66),
      100 * Math.sin(at / 63.66),
    ]);
    const few = simplify(circle, 1);
    expect(few.length).toBeLessThan(60);
    for (const [x, y] of few) expect(Math.hypot(x, y)).toBeCloseTo(100);
    const area = few.reduce((sum, [x, y], at) => {
      const [nx, ny] = few[(at + 1) % few.length];
      return sum + (x * ny - nx * y) / 2;
    }, 0);
    expect(area).toBeGreaterThan(Math.PI * 1e4 * 0.97);
  });
});

test("the nearest point is the one that looking at every point finds", () => {
  const { x, y } = randomPoints(5_000);
  const index = new PointIndex(x, y);
  const random = randomFrom(9);
  for (let round = 0; round < 200; round++) {
    const [px, py] = [random() * 9 - 3, random() * 9 - 3];
    const accepts = (point: number) => point % 3 === 0;
    const far = (point: number) => Math.hypot(x[point] - px, y[point] - py);
    const best = [...x.keys()].filter(accepts).reduce((a, b) => (far(b) < far(a) ? b : a));
    expect(index.nearest(px, py, 0.2, accepts)).toBe(far(best) <= 0.2 ? best : -1);
  }
});

test("the points around a window are all that are in it", () => {
  const { x, y } = randomPoints(5_000);
  const box = boxInView({ x: 0, y: 0, scale: 300 }, { width: 400, height: 300 });
  const around = new Set(new PointIndex(x, y).around(box));
  x.forEach((px, point) => {
    const inside = px >= box.left && px <= box.right && y[point] >= box.bottom && y[point] <= box.top;
    if (inside) expect(around.has(point)).toBe(true);
  });
  expect(around.size).toBeLessThan(5_000);
});

test("a cloud is drawn in an order of its own that leads back to the rows", () => {
  const { x, y } = randomPoints(500);
  const cloud = new PointCloud({ x, y });
  expect([...cloud.rows].sort((a, b) => a - b)).toEqual([...x.keys()]);
  for (const row of [0, 17, 499]) {
    expect(cloud.rows[cloud.points[row]]).toBe(row);
    expect(cloud.x[cloud.points[row]]).toBe(x[row]);
  }
  expect([...new PointCloud({ x, y }).rows]).toEqual([...cloud.rows]);
});

test("names stand in the midst of their class, the largest first", () => {
  const x = Float32Array.from({ length: 900 }, (_, at) => (at < 600 ? 1 : 5));
  const cloud = new PointCloud({ x, y: x });
  const places = Uint16Array.from(cloud.rows, (row) => (row < 600 ? 1 : 2));
  const names = placeNames(cloud, places, () => true);
  expect(names).toEqual([
    { place: 1, x: 1, y: 1, count: 600 },
    { place: 2, x: 5, y: 5, count: 300 },
  ]);
  expect(placeNames(cloud, places, (point) => places[point] === 2)).toHaveLength(1);
});

describe("drawing", () => {
  const red = packed(255, 0, 0);
  const white = packed(255, 255, 255);
  const camera = { x: 0, y: 0, scale: 1 };

  function draw(
    x: number[],
    y: number[],
    style: { radius: number; opacity: number },
    layers = x.map(() => 1),
  ) {
    const picture = { pixels: new Uint32Array(21 * 21).fill(white), width: 21, height: 21 };
    const points = {
      x: Float32Array.from(x),
      y: Float32Array.from(y),
      layers: Uint8Array.from(layers),
      colours: new Uint16Array(x.length),
    };
    drawLayer(picture, camera, points, Uint32Array.of(red), { layer: 1, ...style }, null, x.length);
    return picture.pixels;
  }

  test("a point is one pixel, up is up, and what has no place or another layer is not drawn", () => {
    const pixels = draw([0, Number.NaN, 3], [5, 0, 3], { radius: 0.5, opacity: 1 }, [1, 1, 0]);
    const drawn = [...pixels.keys()].filter((at) => pixels[at] !== white);
    expect(drawn).toEqual([6 * 21 + 11]);
    expect(pixels[drawn[0]]).toBe(red);
  });

  test("what overlaps is darker, and never anything but between the two colours", () => {
    const once = draw([0], [0], { radius: 0.5, opacity: 0.3 });
    const often = draw([0, 0, 0, 0], [0, 0, 0, 0], { radius: 0.5, opacity: 0.3 });
    const green = (pixels: Uint32Array) => (pixels[11 * 21 + 11] >>> 8) & 255;
    expect(green(once)).toBeLessThan(255);
    expect(green(often)).toBeLessThan(green(once));
    for (const pixel of often) expect(pixel & 255).toBe(255);
  });

  test("a disc at the edge is cut off there", () => {
    const pixels = draw([-10], [0], { radius: 4, opacity: 1 });
    const columns = [...pixels.keys()].filter((at) => pixels[at] !== white).map((at) => at % 21);
    expect(Math.min(...columns)).toBe(0);
    expect(Math.max(...columns)).toBeLessThanOrEqual(5);
  });
});
