import frame from "./frame.css";
import menus from "./menus.css";
import scrolls from "./scrolls.css";
import theme from "./theme.css";
import { themeOf, watchTheme } from "./theme.ts";

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Gives a view its own tree. A notebook styles buttons, pictures and tables of its outputs in ways no widget can
 * foresee; in a shadow root none of that reaches us, and our styles do not leak out. The custom properties of the
 * host's theme do come through.
 */
export function shadowTree(
  el: HTMLElement,
  ownStyles: readonly string[],
  testid: string,
): { host: HTMLElement; root: ShadowRoot } {
  const host = document.createElement("div");
  host.dataset.testid = testid;
  // Lumino's own way to keep JupyterLab's shortcuts out, and its context menu.
  host.dataset.lmSuppressShortcuts = "true";
  host.dataset.jpSuppressContextMenu = "true";
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [theme, frame, menus, scrolls, ...ownStyles].map(sheet);
  el.append(host);
  // VS Code lays white under every widget, in its dark themes as well.
  el.closest<HTMLElement>(".cell-output-ipywidget-background")?.style.setProperty(
    "background",
    "none",
    "important",
  );
  return { host, root };
}

/** Tells native controls and shadows whether the notebook is dark. Answers how to stop. */
export function followTheme(host: HTMLElement): () => void {
  const apply = () => {
    host.dataset.theme = themeOf(host);
  };
  apply();
  return watchTheme(apply);
}

/** All views of this page share one parsed copy of each stylesheet. */
function sheet(text: string): CSSStyleSheet {
  let parsed = sheets.get(text);
  if (!parsed) {
    parsed = new CSSStyleSheet();
    parsed.replaceSync(text);
    sheets.set(text, parsed);
  }
  return parsed;
}
