import { effect } from "@preact/signals";
import type { Cleanup, WidgetModel } from "../wire/view.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * Writes to a view's trait that this page has changed the selection, and not that Python has: a notebook that runs
 * cells anew when a trait changes would never come to an end. Elsewhere the trait is null, and nothing is written.
 */
export function tellChanges(store: SessionStore, model: WidgetModel): Cleanup {
  let told = store.changed.peek();
  return effect(() => {
    const revision = store.changed.value;
    if (revision === told || model.get("revision") === null) return;
    told = revision;
    model.set("revision", revision);
    model.save_changes();
  });
}
