import { type ComponentChild, render } from "preact";
import pictures from "../pictures/pictures.css";
import { cueScrolls } from "../ui/scroll-cues.ts";
import { followTheme, shadowTree } from "../ui/shadow.ts";
import type { Cleanup, ViewContext } from "../wire/view.ts";
import type { SessionStore } from "./session-store.ts";

export interface ViewParts {
  /** What finds the view on the page, for tests. */
  testid: string;
  /** Its own style sheets, beside those of every view. */
  styles: readonly string[];
  /** Undone in this order when the view goes. */
  cleanups: Cleanup[];
  content: ComponentChild;
}

/** Number of the view whose items a widget shows. */
export function viewOf({ model }: ViewContext): number {
  return Number(model.get("view"));
}

/** Shows a view in a shadow tree of its own, and holds the view's columns as long as it is shown. */
export function mountView(
  store: SessionStore,
  context: ViewContext,
  { testid, styles, cleanups, content }: ViewParts,
): Cleanup {
  const release = store.hold(viewOf(context));
  const { host, root } = shadowTree(context.el, [pictures, ...styles], testid);
  const unfollow = followTheme(host);
  const uncue = cueScrolls(root);
  render(content, root);
  return () => {
    render(null, root);
    host.remove();
    unfollow();
    uncue();
    for (const cleanup of cleanups) cleanup();
    release();
  };
}
