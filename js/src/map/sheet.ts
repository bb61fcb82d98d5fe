import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SelectOp } from "../lib/data/marks.ts";
import type { Coordinates } from "../lib/data/view-data.ts";
import type { Loadable } from "../lib/wire/loadable.ts";
import { type Camera, fitBox, type Point, pan, type Size, zoom } from "./camera.ts";
import { type PlaceName, placeNames } from "./place-names.ts";
import { PointCloud } from "./point-cloud.ts";
import type { Points } from "./points.ts";
import type { Polygon } from "./polygon.ts";
import { LAYER } from "./raster.ts";

/** One layout of the items: where each lies, what of that is in the window, and what is done by where things lie. */
export class MapSheet {
  readonly cloud: ReadonlySignal<Loadable<PointCloud>>;
  readonly names: ReadonlySignal<PlaceName[]>;
  readonly size = signal<Size>({ width: 0, height: 0 });
  /** Where the keyboard is, in the middle of the window: the point that is nearest to it is the current one. */
  readonly byKeyboard = signal(false);

  constructor(
    readonly map: Points,
    /** Which of the map's sheets it is, from 0. */
    readonly number: number,
    /** What is in the window, null: all of it. Outlives this sheet. */
    readonly frame: Signal<Camera | null>,
    /** Where the items lie, of signals. */
    places: () => Loadable<Coordinates>,
  ) {
    this.cloud = computed(() => {
      const projection = places();
      return projection.status === "ready"
        ? {
            status: "ready",
            value: new PointCloud(projection.value, this.#orderOf(projection.value.x.length)),
          }
        : projection;
    });
    this.names = computed(() => {
      const cloud = this.cloudNow;
      const { named } = map.colouring.value;
      const mask = map.filter.rows.mask.value;
      if (!cloud || !named || !map.words.namesClasses) return [];
      return placeNames(cloud, map.colours.value, (point) => !mask || mask.rows[cloud.rows[point]] === 1);
    });
  }

  get cloudNow(): PointCloud | null {
    const cloud = this.cloud.value;
    return cloud.status === "ready" && cloud.value.count === this.map.items.count ? cloud.value : null;
  }

  /** What of the map is in the window. */
  get camera(): Camera {
    return this.frame.value ?? this.#whole;
  }

  get #whole(): Camera {
    const box = this.cloudNow?.index.box ?? { left: 0, right: 1, bottom: 0, top: 1 };
    return fitBox(box, this.size.value);
  }

  /** The order of all maps of these items; of another number of points, as of news on their way, one of its own. */
  #orderOf(count: number) {
    const order = this.map.order.value;
    return order.rows.length === count ? order : undefined;
  }

  panBy(dx: number, dy: number): void {
    this.frame.value = pan(this.camera, dx, dy);
  }

  zoomBy(factor: number, at?: Point): void {
    const size = this.size.peek();
    this.frame.value = zoom(this.camera, size, factor, at ?? [size.width / 2, size.height / 2], this.#whole);
  }

  showAll(): void {
    this.frame.value = null;
  }

  /** The item whose point is nearest to a place within `radius`, both in the map's units; null for none. */
  keyNear([x, y]: Point, radius: number): number | null {
    const cloud = this.cloudNow;
    if (!cloud) return null;
    const layers = this.map.layers.peek();
    const point = cloud.index.nearest(x, y, radius, (point) => layers[point] !== LAYER.hidden);
    return point < 0 ? null : this.map.items.keys[cloud.rows[point]];
  }

  /** Where an item lies, or null where it is not on this map. */
  placeOf(key: number): Point | null {
    const cloud = this.cloudNow;
    const row = cloud ? this.map.items.rowOf(key) : -1;
    if (!cloud || row < 0) return null;
    const point = cloud.points[row];
    return Number.isNaN(cloud.x[point]) ? null : [cloud.x[point], cloud.y[point]];
  }

  /** Changes the marks of what is inside a lasso or a rectangle and passes the filter. */
  selectInside(polygon: Polygon, op: SelectOp): void {
    const cloud = this.cloudNow;
    if (!cloud) return;
    const layers = this.map.layers.peek();
    const { keys } = this.map.items;
    const points = cloud.index.inside(polygon).filter((point) => layers[point] !== LAYER.hidden);
    if (!points.length && op !== "set") return;
    this.map.store.selection.change(
      op,
      points.map((point) => keys[cloud.rows[point]]),
    );
  }
}
