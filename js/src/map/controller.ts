import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SessionStore } from "../lib/session-store.ts";
import type { Layout } from "../lib/view-data.ts";
import { PointsController } from "./points-controller.ts";
import { MapSheet } from "./sheet.ts";
import type { MapState } from "./state.ts";

/** Points that lie near to what they are like: one map, or two beside each other. */
export class MapController extends PointsController {
  readonly sheets: ReadonlySignal<MapSheet[]>;
  readonly active: Signal<MapSheet>;
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
    const map = new MapSheet(this, first, () => this.projection.value);
    const other = new MapSheet(
      this,
      second,
      () => this.#projection({ encoder: beside.value, onto: encoder.value }).value,
    );
    this.sheets = computed(() => (beside.value === null ? [map] : [map, other]));
    this.active = signal(map);
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
