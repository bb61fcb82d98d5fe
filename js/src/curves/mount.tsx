import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import map from "../map/map.css";
import { CurvesController } from "./controller.ts";
import curves from "./curves.css";
import { Shell } from "./shell.tsx";
import { CurvesState } from "./state.ts";

/** PrecisionRecall: binds its traits to its state, and shows it. */
export function mountCurves(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`curves-${view}`, () => new CurvesState());
  const name = (value: unknown) => (typeof value === "string" ? value : "");
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(240, 4000, 460)),
    bindTrait(model, "predictions", state.predictions, name),
    bindTrait(model, "of", state.of, name),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new CurvesController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-curves",
    styles: [map, curves],
    cleanups: [() => controller.stop(), ...cleanups],
    content: <Shell controller={controller} />,
  });
}
