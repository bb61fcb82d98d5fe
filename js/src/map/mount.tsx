import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import { MapController } from "./controller.ts";
import map from "./map.css";
import { Shell } from "./shell.tsx";
import { MapState } from "./state.ts";

/** The EmbeddingMap: binds its traits to its state, and shows it. */
export function mountMap(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`map-${view}`, () => new MapState());
  const name = (value: unknown) => (typeof value === "string" && value ? value : null);
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(160, 4000, 480)),
    bindTrait(model, "color", state.color, name),
    bindTrait(model, "method", state.method, (value) => name(value) ?? "umap"),
    bindTrait(model, "encoder", state.encoder, name),
    bindTrait(model, "beside", state.beside, name),
    bindTrait(model, "point_size", state.pointSize, numberBetween(0, 20, 0)),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new MapController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-map",
    styles: [map],
    cleanups,
    content: <Shell controller={controller} />,
  });
}
