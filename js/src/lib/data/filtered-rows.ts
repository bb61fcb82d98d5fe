import { computed, type ReadonlySignal } from "@preact/signals";
import type { Column } from "./columns.ts";
import { type Filter, intersect, type Mask, maskOf, type Predicate } from "./filter.ts";
import type { Items } from "./items.ts";
import type { ViewData } from "./view-data.ts";

interface Remembered {
  items: Items;
  column: Column | null;
  rows: Uint8Array;
}

const shared = new WeakMap<ViewData, WeakMap<Filter, FilteredRows>>();

/**
 * The rows of a view's items that pass a filter. A predicate is evaluated once, however often the others change, and
 * however many views show these items by this filter.
 */
export class FilteredRows {
  /** Null where every row passes. While a column is on its way the mask stays what it was: nothing jumps. */
  readonly mask: ReadonlySignal<Mask | null>;
  readonly #masks = new WeakMap<Predicate, Remembered>();
  readonly #without = new Map<string, ReadonlySignal<Mask | null>>();

  private constructor(
    private readonly data: ViewData,
    private readonly filter: Filter,
  ) {
    this.mask = this.#computed(null);
  }

  static of(data: ViewData, filter: Filter): FilteredRows {
    let byFilter = shared.get(data);
    if (!byFilter) {
      byFilter = new WeakMap();
      shared.set(data, byFilter);
    }
    let rows = byFilter.get(filter);
    if (!rows) {
      rows = new FilteredRows(data, filter);
      byFilter.set(filter, rows);
    }
    return rows;
  }

  /** As `mask`, leaving out one predicate: a chart of a column shows what the other filters let pass. */
  without(name: string): ReadonlySignal<Mask | null> {
    let mask = this.#without.get(name);
    if (!mask) {
      mask = this.#computed(name);
      this.#without.set(name, mask);
    }
    return mask;
  }

  #computed(except: string | null): ReadonlySignal<Mask | null> {
    let before: Mask | null = null;
    return computed(() => {
      const { itemsNow: items } = this.data;
      const masks: Uint8Array[] = [];
      for (const [name, predicate] of this.filter.predicates.value) {
        if (name === except) continue;
        const mask = this.#evaluate(predicate, items);
        if (!mask) return before?.rows.length === items.count ? before : null;
        masks.push(mask);
      }
      before = intersect(masks);
      return before;
    });
  }

  /** Null while the predicate's column is on its way. */
  #evaluate(predicate: Predicate, items: Items): Uint8Array | null {
    const loading = predicate.type === "keys" ? null : this.data.column(predicate.column).value;
    if (loading?.status === "loading") return null;
    const column = loading?.status === "ready" ? loading.value : null;
    const remembered = this.#masks.get(predicate);
    if (remembered?.items === items && remembered.column === column) return remembered.rows;
    const rows = maskOf(predicate, items.keys, column);
    this.#masks.set(predicate, { items, column, rows });
    return rows;
  }
}
