import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import type { SessionStore } from "../lib/session-store.ts";
import { followTheme, shadowTree } from "../lib/shadow.ts";
import { bindTrait, numberBetween } from "../lib/traits.ts";
import type { Cleanup, ViewContext } from "../lib/view.ts";
import { GridController } from "./controller.ts";
import css from "./grid.css";
import { parseQuery, sameQuery } from "./query.ts";
import { Shell } from "./shell.tsx";
import { GridState, MAX_K, THUMBNAIL_SIZES } from "./state.ts";

/** The SimilarityGrid: binds its traits to its state, and shows it. */
export function mountGrid(store: SessionStore, { model, el }: ViewContext): Cleanup {
  const view = Number(model.get("view"));
  const state = store.viewState(`grid-${view}`, () => new GridState());
  const { min, max, initial } = THUMBNAIL_SIZES;
  const cleanups = [
    store.hold(view),
    bindTrait(model, "thumbnail_size", state.thumbnailSize, numberBetween(min, max, initial)),
    bindTrait(model, "height", state.height, numberBetween(160, 4000, 480)),
    bindTrait(model, "k", state.k, numberBetween(1, MAX_K, 20)),
    bindTrait(model, "query", state.query, parseQuery, sameQuery),
    effect(() => {
      state.query.value;
      untracked(() => state.followTrait());
    }),
  ];
  const controller = new GridController(store, view, state);
  const { host, root } = shadowTree(el, css, "nbc-grid");
  cleanups.push(followTheme(host));
  render(<Shell controller={controller} />, root);
  return () => {
    render(null, root);
    host.remove();
    controller.stop();
    for (const cleanup of cleanups) cleanup();
  };
}
