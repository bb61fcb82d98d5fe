import { computed, type ReadonlySignal } from "@preact/signals";
import type { Layout } from "../lib/data/view-data.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { PointsController } from "./points-controller.ts";
import { MapSheet } from "./sheet.ts";
import type { MapState } from "./state.ts";

/** Points that lie near to what they are like: one map, or two beside each other. */
export class MapController extends PointsController {
  readonly sheets: ReadonlySignal<MapSheet[]>;
  readonly words = {
    plot: "Map",
    loading: "Laying out the map: the first time this takes a while",
    failed: "No map to show",
    noteOf: () => "",
    namesClasses: true,
  };

  constructor(
    store: SessionStore,
    view: number,
    override readonly state: MapState,
  ) {
    super(store, view, state);
    const { encoder, beside } = state;
    const [first, second] = state.cameras;
    const map = new MapSheet(this, 0, first, () => this.projection.value);
    const other = new MapSheet(
      this,
      1,
      second,
      () => this.#projection({ encoder: beside.value, onto: encoder.value }).value,
    );
    this.sheets = computed(() => (beside.value === null ? [map] : [map, other]));
  }

  /** Where the items lie on the first map. */
  get projection() {
    return this.#projection({ encoder: this.state.encoder.value, onto: null });
  }

  /** What stands over each of two maps: whose embeddings it shows. */
  get titles(): string[] | null {
    const { encoder, beside } = this.state;
    const dataset = this.store.dataset.value;
    const last = dataset.status === "ready" ? dataset.value.embeddings : null;
    return beside.value === null ? null : [encoder.value ?? last ?? "", beside.value];
  }

  #projection(layout: Omit<Layout, "method">) {
    return this.data.projection({ method: this.state.method.value, ...layout });
  }
}
