/**
 * One set of icons: 16 px, a stroke of 1.5, round ends. Path data only, so that both Preact and the hand-made tiles
 * can draw them.
 */
const PATHS = {
  back: "M9.5 3.5 5 8l4.5 4.5",
  broken: "M5 3.5h8.5v8.7M11 12.5H2.5v-9M2.5 10.5l3-3 3 3M2 2l12 12",
  check: "m3.5 8.5 3 3 6-7",
  clear: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.2 11.8l7.6-7.6",
  close: "m4 4 8 8M12 4l-8 8",
  coarser: "M2.5 2.5h11v11h-11ZM8 2.5v11",
  enter: "M2.5 8h8M7.5 4.5 11 8l-3.5 3.5M13.5 3v10",
  expand:
    "M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6ZM2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3",
  finer: "M2.5 2.5h11v11h-11ZM8 2.5v11M2.5 8h11",
  filter: "M2.5 3.5h11L9.3 8.6v4.4l-2.6-1.3V8.6Z",
  fit: "M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  forward: "M6.5 3.5 11 8l-4.5 4.5",
  full: "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5",
  hand: "M8 1.8v12.4M1.8 8h12.4M6.2 3.6 8 1.8l1.8 1.8M6.2 12.4 8 14.2l1.8-1.8M3.6 6.2 1.8 8l1.8 1.8M12.4 6.2 14.2 8l-1.8 1.8",
  help: "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5ZM6.2 6.3a1.85 1.85 0 1 1 2.6 1.7c-.5.3-.8.6-.8 1.2M8 11.4v.1",
  lasso:
    "M8 2.5c3.3 0 6 1.7 6 3.9s-2.7 3.9-6 3.9-6-1.7-6-3.9 2.7-3.9 6-3.9ZM5 9.9c-1.5.5-2 2-.5 2.6 1 .4 1.2 1.3.3 2",
  legend: "M3 4h.1M3 8h.1M3 12h.1M6 4h7.5M6 8h7.5M6 12h7.5",
  down: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  open: "m6 4 4 4-4 4",
  large: "M2.5 2.5h11v11h-11z",
  merge: "M3.5 2.5v2c0 3 4.5 2.5 4.5 6v3M12.5 2.5v2c0 3-4.5 2.5-4.5 6",
  minus: "M3.5 8h9",
  one: "M2.5 2.5h11v11h-11zM6.5 6 8 5v6",
  pen: "M3 13l.6-2.8L11 2.8l2.2 2.2-7.4 7.4Z",
  plus: "M8 3.5v9M3.5 8h9",
  rectangle: "M2.5 3.5h11v9h-11z",
  redo: "M10.5 2.5 13.5 5.5l-3 3M13.5 5.5h-6a4 4 0 0 0 0 8h2",
  quota: "M4 2.5v11M12 2.5v11M2 6h4M10 10h4",
  reject: "m4.5 4.5 7 7M11.5 4.5l-7 7",
  similar: "M2.5 2.5h7v7h-7zM12.2 6.5h1.3v7h-7v-1.3",
  small: "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
  save: "M4 2.5h8v11L8 10.5l-4 3Z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.2 3.2",
  split: "M8 2.5v3c0 3-4.5 2.5-4.5 6v2M8 5.5c0 3 4.5 2.5 4.5 6v2",
  tag: "M2.5 3v4.6l6 6 5-5-6-6H3ZM5.3 5.3h.1",
  sort: "M3 4.5h10M3 8h7M3 11.5h4",
  up: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  undo: "m5.5 2.5-3 3 3 3M2.5 5.5h6a4 4 0 0 1 0 8h-2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The same icon for elements that are made by hand. */
export function iconElement(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("width", "16");
  svg.setAttribute("height", "16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
