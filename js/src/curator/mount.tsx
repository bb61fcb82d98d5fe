import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import { CuratorController } from "./controller.ts";
import curator from "./curator.css";
import { Shell } from "./shell.tsx";
import { CuratorState } from "./state.ts";

/** The Curator: all views in one, each with the traits of the same widget. */
export function mountCurator(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`curator-${view}`, () => new CuratorState());
  const controller = new CuratorController(store, view, state, model);
  return mountView(store, context, {
    testid: "nbc-curator",
    styles: [curator],
    content: <Shell controller={controller} />,
    cleanups: [
      () => controller.stop(),
      bindTrait(model, "height", state.height, numberBetween(320, 4000, 720)),
      bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
    ],
  });
}
