import { effect, untracked } from "@preact/signals";
import boxes from "../lib/pictures/boxes.css";
import preview from "../lib/pictures/preview.css";
import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import { GridController } from "./controller.ts";
import controls from "./controls.css";
import groups from "./groups.css";
import { parseQuery, sameQuery } from "./query.ts";
import { Shell } from "./shell.tsx";
import { GridState, MAX_K, THUMBNAIL_SIZES } from "./state.ts";
import tiles from "./tiles.css";

const nameOrNone = (value: unknown) => (typeof value === "string" ? value : "");

/** The SimilarityGrid: binds its traits to its state, and shows it. */
export function mountGrid(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`grid-${view}`, () => new GridState());
  const { min, max, initial } = THUMBNAIL_SIZES;
  const controller = new GridController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-grid",
    styles: [controls, tiles, boxes, preview, groups],
    content: <Shell controller={controller} />,
    cleanups: [
      () => controller.stop(),
      bindTrait(model, "thumbnail_size", state.thumbnailSize, numberBetween(min, max, initial)),
      bindTrait(model, "height", state.height, numberBetween(160, 4000, 480)),
      bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
      bindTrait(model, "sort_by", state.sortBy, nameOrNone),
      bindTrait(model, "group_by", state.groupBy, nameOrNone),
      bindTrait(model, "caption", state.caption, nameOrNone),
      bindTrait(model, "predictions", state.predictions, (value) => nameOrNone(value) || null),
      bindTrait(model, "boxes", state.boxes, (value) => value === true),
      bindTrait(model, "descending", state.descending, (value) => value === true),
      bindTrait(model, "k", state.k, numberBetween(1, MAX_K, 20)),
      bindTrait(model, "query", state.query, parseQuery, sameQuery),
      effect(() => {
        state.query.value;
        untracked(() => state.followTrait());
      }),
    ],
  });
}
