import { effect } from "@preact/signals";
import type { WidgetModel } from "../wire/view.ts";
import type { Filter, Predicate } from "./filter.ts";

/** Of more names than this a filter is not kept: it would weigh down the widget's state. */
const MOST_NAMES = 1_000;

/** A predicate as JSON. */
type Kept =
  | { column: string; names: string[] }
  | { column: string; low: number; high: number; date: boolean };

/**
 * Keeps what a person filters by in the session's trait `filters`, so that it is there again after the page was
 * reloaded. Sets of keys are not kept: they are as large as the data.
 */
export function keepFilter(model: WidgetModel, filter: Filter): void {
  const kept = model.get("filters");
  if (Array.isArray(kept)) for (const one of kept) restore(filter, one);
  effect(() => {
    const now = [...filter.predicates.value.values()].flatMap((predicate) => keptOf(predicate) ?? []);
    if (JSON.stringify(now) === JSON.stringify(model.get("filters") ?? [])) return;
    model.set("filters", now);
    model.save_changes();
  });
}

function keptOf(predicate: Predicate): Kept | null {
  if (predicate.type === "range") {
    const { column, low, high, date } = predicate;
    return { column, low, high, date };
  }
  if (predicate.type === "keys" || predicate.names.size > MOST_NAMES) return null;
  return { column: predicate.column, names: [...predicate.names] };
}

/** Whatever the trait holds, what comes of it is a filter. */
function restore(filter: Filter, kept: unknown): void {
  const { column, names, low, high, date } = (kept ?? {}) as Record<string, unknown>;
  if (typeof column !== "string") return;
  if (Array.isArray(names)) {
    filter.choose(
      column,
      names.filter((name) => typeof name === "string"),
    );
  } else if (typeof low === "number" && typeof high === "number") {
    filter.restrict(column, [low, high], date === true);
  }
}
