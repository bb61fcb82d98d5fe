import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import map from "../map/map.css";
import { ScatterController } from "./controller.ts";
import scatter from "./scatter.css";
import { Shell } from "./shell.tsx";
import { ScatterState } from "./state.ts";

/** The Scatter: binds its traits to its state, and shows it. */
export function mountScatter(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`scatter-${view}`, () => new ScatterState());
  const name = (value: unknown) => (typeof value === "string" ? value : "");
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(160, 4000, 480)),
    bindTrait(model, "x", state.x, name),
    bindTrait(model, "y", state.y, name),
    bindTrait(model, "log_x", state.logX, (value) => value === true),
    bindTrait(model, "log_y", state.logY, (value) => value === true),
    bindTrait(model, "units", state.units, unitsOf, (a, b) => JSON.stringify(a) === JSON.stringify(b)),
    bindTrait(model, "color", state.color, (value) => name(value) || null),
    bindTrait(model, "point_size", state.pointSize, numberBetween(0, 20, 0)),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new ScatterController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-scatter",
    styles: [map, scatter],
    cleanups: [() => controller.stop(), ...cleanups],
    content: <Shell controller={controller} />,
  });
}

function unitsOf(value: unknown): Record<string, string> {
  const given = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(given.filter((one): one is [string, string] => typeof one[1] === "string"));
}
