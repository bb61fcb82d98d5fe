/** Whether the notebook is dark. Colours follow its CSS variables by themselves; this is for what they do not reach. */
export function themeOf(element: HTMLElement): "light" | "dark" {
  const { body, documentElement } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "false" ? "dark" : "light";
  if (["vscode-light", "vscode-high-contrast-light"].some((name) => body.classList.contains(name)))
    return "light";
  if (["vscode-dark", "vscode-high-contrast"].some((name) => body.classList.contains(name))) return "dark";
  if (documentElement.classList.contains("dark") || body.classList.contains("dark")) return "dark";
  for (let at: Element | null = element; at; at = at.parentElement) {
    const light = luminance(getComputedStyle(at).backgroundColor);
    if (light !== null) return light < 0.5 ? "dark" : "light";
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Calls back whenever a host may have changed its theme: they all do it by attributes of html or body. */
export function watchTheme(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  const options = {
    attributes: true,
    attributeFilter: ["class", "style", "data-theme", "data-jp-theme-light"],
  };
  observer.observe(document.documentElement, options);
  observer.observe(document.body, options);
  return () => observer.disconnect();
}

/** Of an rgb() colour, 0 to 1; null where it is see-through. */
function luminance(color: string): number | null {
  const [red, green, blue, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  if (blue === undefined || alpha < 0.5) return null;
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}
