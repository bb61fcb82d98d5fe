import { signal } from "@preact/signals";
import { mountView, viewOf } from "../lib/session/mount-view.ts";
import type { SessionStore } from "../lib/session/session-store.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { bindTrait, numberBetween } from "../lib/wire/traits.ts";
import type { Cleanup, ViewContext } from "../lib/wire/view.ts";
import { parseContent } from "./content.ts";
import report from "./report.css";
import { Shell } from "./shell.tsx";

/** The ReportView: what it draws is a trait, so it needs no kernel. */
export function mountReport(store: SessionStore, context: ViewContext): Cleanup {
  const { model } = context;
  const state = store.viewState(`report-${viewOf(context)}`, () => ({
    height: signal(420),
    helping: signal(false),
    notices: new Notices(),
  }));
  const content = signal(parseContent(model.get("content")));
  const follow = () => {
    content.value = parseContent(model.get("content"));
  };
  model.on("change:content", follow);
  return mountView(store, context, {
    testid: "nbc-report",
    styles: [report],
    content: <Shell store={store} content={content} {...state} />,
    cleanups: [
      () => model.off("change:content", follow),
      bindTrait(model, "height", state.height, numberBetween(160, 4000, 420)),
    ],
  });
}
