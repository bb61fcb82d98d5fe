import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { nameOf } from "../lib/data/filter.ts";
import type { Items } from "../lib/data/items.ts";
import type { ViewData } from "../lib/data/view-data.ts";
import { Labelling } from "../lib/session/labelling.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import {
  type Colouring,
  colourByColumn,
  colourByNothing,
  colourBySelection,
  countPlaces,
  hasPlace,
} from "./colouring.ts";
import { type DrawingOrder, drawingOrder } from "./point-cloud.ts";
import { LAYER } from "./raster.ts";
import type { PointsState } from "./state.ts";

export const SELECTION = "selection";

export interface PlotWords {
  /** What the points are on, at the beginning of a sentence. */
  plot: string;
  loading: string;
  failed: string;
  /** What beside the colour the item of a row says of itself under the pointer. */
  noteOf(row: number): string;
  /** Whether classes are written in their midst: where like lies by like. */
  namesClasses: boolean;
}

/** The items as points, whatever their places mean: their colours and marks, and what is done to them. */
export abstract class Points {
  readonly data: ViewData;
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly labelling: Labelling;
  readonly order: ReadonlySignal<DrawingOrder>;
  readonly colouring: ReadonlySignal<Colouring>;
  /** How many items have each place of the palette, of those that the filters on other columns let pass. */
  readonly counts: ReadonlySignal<Uint32Array>;
  /** Place in the palette of each point. */
  readonly colours: ReadonlySignal<Uint16Array>;
  /** Drawing pass of each point. */
  readonly layers: ReadonlySignal<Uint8Array>;
  readonly dark = signal(false);
  /** The place of the palette that is shown on its own while the pointer is on its legend entry. */
  readonly pointedAt = signal<number | null>(null);
  /** Number of the sheet that the pointer or the focus was on last. */
  readonly activeSheet = signal(0);
  /** What the view is called in sentences, and what stands in its place while there is nothing to show. */
  abstract readonly words: PlotWords;

  constructor(
    readonly store: SessionStore,
    view: number,
    readonly state: PointsState,
  ) {
    this.data = store.data(view);
    this.filter = new ViewFilter(store, this.data, state.filterChoice);
    this.labelling = new Labelling({
      store,
      data: this.data,
      notices: this.notices,
      column: () => state.color.value,
    });
    this.order = computed(() => drawingOrder(this.items.count));
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
      return Uint16Array.from(this.order.value.rows, (row) => places[row] ?? 0);
    });
    this.layers = computed(() => this.#layersNow());
  }

  get items(): Items {
    return this.data.itemsNow;
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
    const mask = this.filter.rows.mask.value;
    const marks = this.store.selection.marks.value;
    const pointed = this.pointedAt.value;
    const { keys } = this.items;
    const layers = new Uint8Array(keys.length);
    const colouring = this.colouring.value;
    const { points } = this.order.value;
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

  // Selection

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
