import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { nameOf } from "../lib/filter.ts";
import type { Items } from "../lib/items.ts";
import type { Loadable } from "../lib/loadable.ts";
import type { SelectOp } from "../lib/marks.ts";
import { Notices } from "../lib/notices.tsx";
import type { SessionStore } from "../lib/session-store.ts";
import type { ViewData } from "../lib/view-data.ts";
import { ViewFilter } from "../lib/view-filter.ts";
import { type Camera, fitBox, type Point, pan, type Size, zoom } from "./camera.ts";
import {
  type Colouring,
  colourByColumn,
  colourByNothing,
  colourBySelection,
  countPlaces,
  hasPlace,
} from "./colouring.ts";
import { type PlaceName, placeNames } from "./place-names.ts";
import { PointCloud } from "./point-cloud.ts";
import type { Polygon } from "./polygon.ts";
import type { MapState } from "./state.ts";

/** Which pass a point is drawn in. */
export const LAYER = { hidden: 0, shown: 1, rejected: 2, kept: 3 } as const;

export const SELECTION = "selection";

/** What a person can do on the map, whatever the gesture, and what is to be drawn. */
export class MapController {
  readonly data: ViewData;
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly cloud: ReadonlySignal<Loadable<PointCloud>>;
  readonly colouring: ReadonlySignal<Colouring>;
  /** How many items have each place of the palette, of those that the filters on other columns let pass. */
  readonly counts: ReadonlySignal<Uint32Array>;
  /** Place in the palette of each point. */
  readonly colours: ReadonlySignal<Uint16Array>;
  /** Drawing pass of each point. */
  readonly layers: ReadonlySignal<Uint8Array>;
  readonly names: ReadonlySignal<PlaceName[]>;
  readonly dark = signal(false);
  readonly size = signal<Size>({ width: 0, height: 0 });
  /** The place of the palette that is shown on its own while the pointer is on its legend entry. */
  readonly pointedAt = signal<number | null>(null);
  /** Where the keyboard is, in the middle of the window: the point that is nearest to it is the current one. */
  readonly byKeyboard = signal(false);

  constructor(
    readonly store: SessionStore,
    view: number,
    readonly state: MapState,
  ) {
    this.data = store.data(view);
    this.filter = new ViewFilter(store, this.data, state.filterChoice);
    this.cloud = computed(() => {
      const projection = this.data.projection(state.method.value).value;
      return projection.status === "ready"
        ? { status: "ready", value: new PointCloud(projection.value) }
        : projection;
    });
    let coloured = colourByNothing(0);
    this.colouring = computed(() => {
      coloured = this.#colouringNow(coloured);
      return coloured;
    });
    this.counts = computed(() => {
      const colouring = this.colouring.value;
      return countPlaces(colouring, this.filter.rows.without(nameOf(colouring.title)).value);
    });
    this.colours = computed(() => {
      const { places } = this.colouring.value;
      const cloud = this.cloudNow;
      return cloud ? Uint16Array.from(cloud.rows, (row) => places[row] ?? 0) : new Uint16Array(0);
    });
    this.layers = computed(() => this.#layersNow());
    this.names = computed(() => {
      const cloud = this.cloudNow;
      const { named } = this.colouring.value;
      const mask = this.filter.rows.mask.value;
      if (!cloud || !named) return [];
      return placeNames(cloud, this.colours.value, (point) => !mask || mask.rows[cloud.rows[point]] === 1);
    });
  }

  get items(): Items {
    return this.data.itemsNow;
  }

  get cloudNow(): PointCloud | null {
    const cloud = this.cloud.value;
    return cloud.status === "ready" && cloud.value.count === this.items.count ? cloud.value : null;
  }

  /** What of the map is in the window. */
  get camera(): Camera {
    return this.state.camera.value ?? this.#whole;
  }

  get #whole(): Camera {
    const box = this.cloudNow?.index.box ?? { left: 0, right: 1, bottom: 0, top: 1 };
    return fitBox(box, this.size.value);
  }

  #colouringNow(before: Colouring): Colouring {
    const { color } = this.state;
    const { items } = this;
    const dark = this.dark.value;
    if (color.value === null) return colourByNothing(items.count);
    if (color.value === SELECTION)
      return colourBySelection(items.keys, this.store.selection.marks.value, dark);
    const column = this.data.column(color.value).value;
    if (column.status === "ready") return colourByColumn(column.value, dark);
    // While the column is on its way the colours stay.
    return column.status === "loading" && before.places.length === items.count
      ? before
      : colourByNothing(items.count);
  }

  #layersNow(): Uint8Array {
    const cloud = this.cloudNow;
    const mask = this.filter.rows.mask.value;
    const marks = this.store.selection.marks.value;
    const pointed = this.pointedAt.value;
    const layers = new Uint8Array(cloud?.count ?? 0);
    if (!cloud) return layers;
    const { keys } = this.items;
    const colouring = this.colouring.value;
    const { points } = cloud;
    const [anyKept, anyRejected] = [marks.keptCount > 0, marks.rejectedCount > 0];
    // Row by row: what is read lies in order, and only what is written is all over the place.
    for (let row = 0; row < layers.length; row++) {
      if ((mask && !mask.rows[row]) || (pointed !== null && !hasPlace(colouring, row, pointed))) continue;
      const key = keys[row];
      let layer: number = LAYER.shown;
      if (anyKept && marks.kept.has(key)) layer = LAYER.kept;
      else if (anyRejected && marks.rejected.has(key)) layer = LAYER.rejected;
      layers[points[row]] = layer;
    }
    return layers;
  }

  // Looking around

  panBy(dx: number, dy: number): void {
    this.state.camera.value = pan(this.camera, dx, dy);
  }

  zoomBy(factor: number, at?: Point): void {
    const size = this.size.peek();
    this.state.camera.value = zoom(
      this.camera,
      size,
      factor,
      at ?? [size.width / 2, size.height / 2],
      this.#whole,
    );
  }

  showAll(): void {
    this.state.camera.value = null;
  }

  /** The item whose point is nearest to a place within `radius`, both in the map's units; null for none. */
  keyNear([x, y]: Point, radius: number): number | null {
    const cloud = this.cloudNow;
    if (!cloud) return null;
    const layers = this.layers.peek();
    const point = cloud.index.nearest(x, y, radius, (point) => layers[point] !== LAYER.hidden);
    return point < 0 ? null : this.items.keys[cloud.rows[point]];
  }

  /** Where an item lies, or null where it is not on this map. */
  placeOf(key: number): Point | null {
    const cloud = this.cloudNow;
    const row = cloud ? this.items.rowOf(key) : -1;
    if (!cloud || row < 0) return null;
    const point = cloud.points[row];
    return Number.isNaN(cloud.x[point]) ? null : [cloud.x[point], cloud.y[point]];
  }

  // Selection

  /** Changes the marks of what is inside a lasso or a rectangle and passes the filter. */
  selectInside(polygon: Polygon, op: SelectOp): void {
    const cloud = this.cloudNow;
    if (!cloud) return;
    const layers = this.layers.peek();
    const { keys } = this.items;
    const points = cloud.index.inside(polygon).filter((point) => layers[point] !== LAYER.hidden);
    if (!points.length && op !== "set") return;
    this.store.selection.change(
      op,
      points.map((point) => keys[cloud.rows[point]]),
    );
  }

  pick(key: number, adds: boolean): void {
    const { selection } = this.store;
    if (!adds) selection.change("set", [key]);
    else selection.change(selection.marks.peek().kept.has(key) ? "unmark" : "keep", [key]);
  }

  keepAllShown(): void {
    const mask = this.filter.rows.mask.peek();
    const { rejected } = this.store.selection.marks.peek();
    const shown = this.items.keys.filter((key, row) => (!mask || mask.rows[row]) && !rejected.has(key));
    this.store.selection.change("keep", shown);
  }

  keepNone(): void {
    if (this.store.selection.marks.peek().keptCount) this.store.selection.change("set", []);
  }

  /** Filters every linked view to what is kept now. */
  filterToKept(): void {
    const { kept, keptCount } = this.store.selection.marks.peek();
    if (keptCount) this.filter.filter.value.set("keys:kept", { type: "keys", keys: kept, title: "kept" });
  }
}
