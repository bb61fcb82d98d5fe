import type { Box } from "./camera.ts";
import { boxOf, contains, type Polygon } from "./polygon.ts";

/** Points a cell holds on average. */
const POINTS_A_CELL = 8;
const MAX_SIDE = 1024;

/**
 * A uniform grid over points: what is near the pointer, in the window or inside a lasso, without looking at a million
 * points each time. Points without a place (not-a-number) are in no cell.
 */
export class PointIndex {
  /** The box around all points. */
  readonly box: Box;
  readonly #side: number;
  readonly #starts: Uint32Array;
  readonly #points: Uint32Array;

  constructor(
    private readonly x: Float32Array,
    private readonly y: Float32Array,
  ) {
    this.box = extentOf(x, y);
    this.#side = Math.min(Math.max(Math.ceil(Math.sqrt(x.length / POINTS_A_CELL)), 1), MAX_SIDE);
    const cells = this.#side * this.#side;
    const cellOf = new Int32Array(x.length);
    this.#starts = new Uint32Array(cells + 1);
    for (let point = 0; point < x.length; point++) {
      const placed = !Number.isNaN(x[point]) && !Number.isNaN(y[point]);
      cellOf[point] = placed ? this.#row(y[point]) * this.#side + this.#column(x[point]) : -1;
      if (placed) this.#starts[cellOf[point] + 1]++;
    }
    for (let cell = 0; cell < cells; cell++) this.#starts[cell + 1] += this.#starts[cell];
    this.#points = new Uint32Array(this.#starts[cells]);
    const next = this.#starts.slice();
    for (let point = 0; point < x.length; point++) {
      if (cellOf[point] >= 0) this.#points[next[cellOf[point]]++] = point;
    }
  }

  /** The accepted point that is nearest to a place and not further than `radius`, -1 for none. */
  nearest(x: number, y: number, radius: number, accepts: (point: number) => boolean): number {
    let best = -1;
    let distance = radius * radius;
    const box = { left: x - radius, right: x + radius, bottom: y - radius, top: y + radius };
    this.#forCells(box, (cell) => {
      for (let at = this.#starts[cell]; at < this.#starts[cell + 1]; at++) {
        const point = this.#points[at];
        const dx = this.x[point] - x;
        const dy = this.y[point] - y;
        const far = dx * dx + dy * dy;
        if (far <= distance && accepts(point)) {
          distance = far;
          best = point;
        }
      }
    });
    return best;
  }

  /** How many points `around` finds. */
  countAround(box: Box): number {
    let count = 0;
    this.#forCells(box, (cell) => {
      count += this.#starts[cell + 1] - this.#starts[cell];
    });
    return count;
  }

  /** The points of all cells that touch a box: those in it, and a few beside it. In ascending order. */
  around(box: Box): Uint32Array {
    const points = new Uint32Array(this.countAround(box));
    let at = 0;
    this.#forCells(box, (cell) => {
      points.set(this.#points.subarray(this.#starts[cell], this.#starts[cell + 1]), at);
      at += this.#starts[cell + 1] - this.#starts[cell];
    });
    return points.sort();
  }

  /** The points inside a polygon. Only cells that its outline crosses are looked at point by point. */
  inside(polygon: Polygon): Uint32Array {
    if (polygon.length < 3) return new Uint32Array(0);
    const crossed = this.#cellsOnOutline(polygon);
    const found = new Uint32Array(this.#points.length);
    let count = 0;
    const [width, height] = this.#cellSize;
    this.#forCells(boxOf(polygon), (cell) => {
      const [from, to] = [this.#starts[cell], this.#starts[cell + 1]];
      if (from === to) return;
      if (!crossed.has(cell)) {
        const x = this.box.left + ((cell % this.#side) + 0.5) * width;
        const y = this.box.bottom + (Math.floor(cell / this.#side) + 0.5) * height;
        if (!contains(polygon, x, y)) return;
        for (let at = from; at < to; at++) found[count++] = this.#points[at];
        return;
      }
      for (let at = from; at < to; at++) {
        const point = this.#points[at];
        if (contains(polygon, this.x[point], this.y[point])) found[count++] = point;
      }
    });
    return found.slice(0, count);
  }

  /** Every cell that an edge may touch: those around points along it, closer together than a cell is wide. */
  #cellsOnOutline(polygon: Polygon): Set<number> {
    const cells = new Set<number>();
    const [width, height] = this.#cellSize;
    polygon.forEach(([ax, ay], at) => {
      const [bx, by] = polygon[(at + 1) % polygon.length];
      const steps = Math.ceil(2 * Math.max(Math.abs(bx - ax) / width, Math.abs(by - ay) / height)) || 1;
      for (let step = 0; step <= Math.min(steps, 8 * this.#side); step++) {
        const x = ax + ((bx - ax) * step) / steps;
        const y = ay + ((by - ay) * step) / steps;
        const near = {
          left: x - width / 2,
          right: x + width / 2,
          bottom: y - height / 2,
          top: y + height / 2,
        };
        this.#forCells(near, (cell) => cells.add(cell));
      }
    });
    return cells;
  }

  #forCells({ left, right, bottom, top }: Box, visit: (cell: number) => void): void {
    const [firstColumn, lastColumn] = [this.#column(left), this.#column(right)];
    for (let row = this.#row(bottom); row <= this.#row(top); row++) {
      for (let column = firstColumn; column <= lastColumn; column++) visit(row * this.#side + column);
    }
  }

  get #cellSize(): [width: number, height: number] {
    const { left, right, bottom, top } = this.box;
    return [(right - left || 1) / this.#side, (top - bottom || 1) / this.#side];
  }

  #column(x: number): number {
    return Math.min(Math.max(Math.floor((x - this.box.left) / this.#cellSize[0]), 0), this.#side - 1);
  }

  #row(y: number): number {
    return Math.min(Math.max(Math.floor((y - this.box.bottom) / this.#cellSize[1]), 0), this.#side - 1);
  }
}

function extentOf(x: Float32Array, y: Float32Array): Box {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let point = 0; point < x.length; point++) {
    if (x[point] < box.left) box.left = x[point];
    if (x[point] > box.right) box.right = x[point];
    if (y[point] < box.bottom) box.bottom = y[point];
    if (y[point] > box.top) box.top = y[point];
  }
  return box.left <= box.right ? box : { left: 0, right: 1, bottom: 0, top: 1 };
}
