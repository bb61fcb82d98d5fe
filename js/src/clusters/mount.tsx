import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import clusters from "./clusters.css";
import { ClustersController } from "./controller.ts";
import { Shell } from "./shell.tsx";
import { ClustersState, type Order } from "./state.ts";

/** The ClusterBrowser: binds its traits to its state, and shows it. */
export function mountClusters(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`clusters-${view}`, () => new ClustersState());
  const controller = new ClustersController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-cluster-browser",
    styles: [clusters],
    content: <Shell controller={controller} />,
    cleanups: [
      () => controller.stop(),
      bindTrait(model, "height", state.height, numberBetween(160, 4000, 480)),
      bindTrait(model, "order", state.order, (value) => (value as Order) ?? "size"),
      bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
    ],
  });
}
