import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { Filter } from "../data/filter.ts";
import { FilteredRows } from "../data/filtered-rows.ts";
import type { ViewData } from "../data/view-data.ts";
import type { SessionStore } from "./session-store.ts";

/** Which filter a view goes by, for its state: the one that all linked views share, or its own. */
export class FilterChoice {
  readonly linked = signal(true);
  readonly own = new Filter();
}

/** A view's filter and the rows that pass it. */
export class ViewFilter {
  readonly filter: ReadonlySignal<Filter>;

  constructor(
    store: SessionStore,
    readonly data: ViewData,
    choice: FilterChoice,
  ) {
    this.filter = computed(() => (choice.linked.value ? store.filter : choice.own));
  }

  get rows(): FilteredRows {
    return FilteredRows.of(this.data, this.filter.value);
  }
}
