import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import confusion from "./confusion.css";
import { ConfusionController } from "./controller.ts";
import type { Order, Shares } from "./matrix.ts";
import { Shell } from "./shell.tsx";
import { ConfusionState } from "./state.ts";

/** The ConfusionMatrix: binds its traits to its state, and shows it. */
export function mountConfusion(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`confusion-${view}`, () => new ConfusionState());
  const name = (otherwise: string) => (value: unknown) =>
    typeof value === "string" && value ? value : otherwise;
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(240, 4000, 560)),
    bindTrait(model, "label", state.label, name("label")),
    bindTrait(model, "prediction", state.prediction, name("prediction")),
    bindTrait(model, "evaluated", state.evaluated, (value) => (typeof value === "string" ? value : "")),
    bindTrait(model, "shares", state.shares, (value) => name("none")(value) as Shares),
    bindTrait(model, "order", state.order, (value) => name("similar")(value) as Order),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new ConfusionController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-confusion",
    styles: [confusion],
    cleanups: [() => controller.stop(), ...cleanups],
    content: <Shell controller={controller} />,
  });
}
