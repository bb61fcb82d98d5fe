import boxes from "../lib/pictures/boxes.css";
import preview from "../lib/pictures/preview.css";
import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import { FindingsController } from "./controller.ts";
import findings from "./findings.css";
import { Shell } from "./shell.tsx";
import { FindingsState } from "./state.ts";

/** The FindingsPanel: binds its traits to its state, and shows it. */
export function mountFindings(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const view = viewOf(context);
  const state = store.viewState(`findings-${view}`, () => new FindingsState());
  const cleanups = [
    bindTrait(model, "height", state.height, numberBetween(240, 4000, 520)),
    bindTrait(model, "finding", state.finding, (value) => (typeof value === "string" ? value : "")),
    bindTrait(model, "position", state.position, numberBetween(0, 2 ** 31, 0)),
    bindTrait(model, "linked", state.filterChoice.linked, (value) => value !== false),
  ];
  const controller = new FindingsController(store, view, state);
  return mountView(store, context, {
    testid: "nbc-findings-panel",
    styles: [boxes, preview, findings],
    content: <Shell controller={controller} />,
    cleanups: [() => controller.stop(), ...cleanups],
  });
}
