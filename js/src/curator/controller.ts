import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { mountBalance } from "../balance/mount.tsx";
import { mountClusters } from "../clusters/mount.tsx";
import { mountFindings } from "../findings/mount.tsx";
import { mountGrid } from "../grid/mount.tsx";
import { Labelling } from "../lib/session/labelling.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import type { Cleanup, ViewContext, WidgetModel } from "../lib/wire/view.ts";
import { mountMap } from "../map/mount.tsx";
import { type PaneName, type Slot, slotsFor } from "./layout.ts";
import { PaneModel } from "./pane-model.ts";
import { Slices } from "./slices.ts";
import type { CuratorState } from "./state.ts";

const MOUNT: Record<PaneName, (store: SessionStore, context: ViewContext) => Cleanup> = {
  grid: mountGrid,
  clusters: mountClusters,
  balance: mountBalance,
  map: mountMap,
  findings: mountFindings,
};

interface Pane {
  element: HTMLElement;
  unmount: Cleanup;
}

/** The panes of a curator: each is mounted when it is first shown, and stays as it is when another comes before it. */
export class CuratorController {
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly slices: Slices;
  readonly labelling: Labelling;
  readonly width = signal(0);
  readonly slots: ReadonlySignal<Slot[]>;
  readonly isFull = signal(false);
  readonly #panes = new Map<PaneName, Pane>();

  constructor(
    readonly store: SessionStore,
    view: number,
    readonly state: CuratorState,
    private readonly model: WidgetModel,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    this.slices = new Slices(store, this.notices);
    this.labelling = new Labelling({
      store,
      data: this.filter.data,
      notices: this.notices,
      column: () => null,
    });
    let slots: Slot[] = [];
    this.slots = computed(() => {
      if (this.width.value > 0) slots = slotsFor(this.width.value);
      return slots;
    });
  }

  /** The element of a pane, made on first use. */
  pane(name: PaneName): HTMLElement {
    let pane = this.#panes.get(name);
    if (!pane) {
      const element = document.createElement("div");
      element.className = "pane";
      element.dataset.testid = `nbc-pane-${name}`;
      const unmount = MOUNT[name](this.store, { model: new PaneModel(this.model), el: element });
      // Its frame, chips and undo are the curator's.
      for (const host of element.children) (host as HTMLElement).dataset.pane = name;
      pane = { element, unmount };
      this.#panes.set(name, pane);
    }
    return pane.element;
  }

  /** Whether a pane was shown before: others cost nothing until someone looks at them. */
  isMounted(name: PaneName): boolean {
    return this.#panes.has(name);
  }

  stop(): void {
    for (const { unmount } of this.#panes.values()) unmount();
    this.#panes.clear();
  }
}
