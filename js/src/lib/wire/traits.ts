import { effect, type Signal } from "@preact/signals";
import type { WidgetModel } from "./view.ts";

/** Keeps a signal and a synced trait of the view's model equal, whichever side changes. Answers how to stop. */
export function bindTrait<T>(
  model: WidgetModel,
  name: string,
  signal: Signal<T>,
  parse: (value: unknown) => T,
  same: (a: T, b: T) => boolean = Object.is,
): () => void {
  const pull = () => {
    const value = parse(model.get(name));
    if (!same(value, signal.peek())) signal.value = value;
  };
  pull();
  model.on(`change:${name}`, pull);
  const stop = effect(() => {
    const value = signal.value;
    if (same(value, parse(model.get(name)))) return;
    model.set(name, value);
    model.save_changes();
  });
  return () => {
    stop();
    model.off(`change:${name}`, pull);
  };
}

/** Reads a number from a trait, with bounds that the view can work with. */
export function numberBetween(min: number, max: number, otherwise: number): (value: unknown) => number {
  return (value) =>
    typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, min), max) : otherwise;
}
