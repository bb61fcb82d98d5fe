import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Column, holdsClasses, type NumberColumn, valueText } from "../lib/data/columns.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import type { Loadable } from "../lib/wire/loadable.ts";
import { PointsController } from "../map/points-controller.ts";
import { MapSheet } from "../map/sheet.ts";
import { type Plane, planeOf } from "./places.ts";
import type { ScatterState } from "./state.ts";

/** A window whose proportions change by less than this is still filled. */
const ANOTHER_SHAPE = 0.12;
/** Pixels that the camera leaves free around the points. */
const MARGIN = 24;

/** Points that lie by two of their columns. */
export class ScatterController extends PointsController {
  readonly sheets: ReadonlySignal<MapSheet[]>;
  readonly plane: ReadonlySignal<Loadable<Plane>>;
  readonly words = {
    plot: "Scatter",
    loading: "Loading…",
    failed: "Nothing to show",
    noteOf: (row: number) => this.#noteOf(row),
    namesClasses: false,
  };
  readonly #stop: () => void;

  constructor(
    store: SessionStore,
    view: number,
    override readonly state: ScatterState,
  ) {
    super(store, view, state);
    const sheet: MapSheet = new MapSheet(this, 0, state.cameras[0], () => this.plane.value);
    this.sheets = signal([sheet]);
    let aspect = 0;
    const shape = computed(() => {
      const { width, height } = sheet.size.value;
      const now = Math.max(width - 2 * MARGIN, 1) / Math.max(height - 2 * MARGIN, 1);
      if (width && (!aspect || Math.abs(now / aspect - 1) > ANOTHER_SHAPE)) aspect = now;
      return aspect || 1;
    });
    this.plane = computed(() => this.#planeNow(shape.value));
    let seen = "";
    this.#stop = effect(() => {
      const { x, y, logX, logY } = state;
      const now = JSON.stringify([x.value, y.value, logX.value, logY.value, shape.value]);
      if (seen && seen !== now) sheet.showAll(); // what was looked at is elsewhere now
      seen = now;
    });
  }

  stop(): void {
    this.#stop();
  }

  /** What stands at an axis: its column, with the unit. */
  titleOf(name: string): string {
    const unit = this.state.units.value[name];
    return unit ? `${name} (${unit})` : name;
  }

  #planeNow(aspect: number): Loadable<Plane> {
    const { x, y, logX, logY } = this.state;
    const [across, up] = [this.#numbers(x.value), this.#numbers(y.value)];
    if (across.status !== "ready") return across;
    if (up.status !== "ready") return up;
    const options = { logX: logX.value, logY: logY.value, aspect };
    const plane = planeOf(across.value, up.value, options);
    return plane
      ? { status: "ready", value: plane }
      : { status: "failed", reason: `No item has both ${x.value} and ${y.value}` };
  }

  #numbers(name: string): Loadable<NumberColumn> {
    const column: Loadable<Column> = this.data.column(name).value;
    if (column.status !== "ready") return column;
    return holdsClasses(column.value)
      ? { status: "failed", reason: `The column ${name} holds no numbers` }
      : { status: "ready", value: column.value };
  }

  #noteOf(row: number): string {
    const { x, y } = this.state;
    return [...new Set([x.value, y.value])]
      .map((name) => {
        const column = this.data.columnNow(name);
        const unit = this.state.units.value[name];
        return column && `${name}: ${valueText(column, row) || "none"}${unit ? ` ${unit}` : ""}`;
      })
      .filter(Boolean)
      .join(" · ");
  }
}
