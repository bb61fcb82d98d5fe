import type { KeyList } from "../lib/keys-help.tsx";
import { compare } from "./compare.ts";
import type { GridController } from "./controller.ts";
import { columnOf, type GridLayout, gridLayout, indexAt, indexInRow, rowOf } from "./layout.ts";
import type { Viewport } from "./viewport.ts";
import { NO_ZOOM, zoomed } from "./zoomable.tsx";

/** What the help lists. Kept beside the handler, so that they are changed together. */
export const KEYS: KeyList = [
  ["Click", "keep only this one"],
  ["Ctrl+click, Ctrl+Space", "keep, or take back"],
  ["Shift+click, Shift+arrows", "keep a range"],
  ["Alt+drag", "draw a rectangle"],
  ["Arrows, Home, End, Page", "move; with Ctrl to the very ends"],
  ["K / X / U", "keep / reject / unmark"],
  ["Ctrl+A", "keep all shown"],
  ["N", "expand the kept by their nearest"],
  ["Shift+N", "show what is similar"],
  ["C", "compare: side by side with what is kept, or where a range began"],
  ["B", "draw boxes: of objects, and the image around a box"],
  ["Alt+Left / Alt+Right", "back / forward"],
  ["Space, Enter, double click", "preview"],
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo"],
  ["+ / −", "larger / smaller; in the preview closer, with 0 all of it"],
  ["Esc", "close what is open, else keep none"],
];

type Command = (controller: GridController, viewport: Viewport) => void;

const REJECT: Command = (controller) => controller.mark("reject");
const ZOOM_IN: Command = (controller) => controller.zoom(1);
const ZOOM_OUT: Command = (controller) => controller.zoom(-1);
const PREVIEW: Command = (controller) => {
  const { previewing } = controller.state;
  if (previewing.peek()) previewing.value = false;
  else controller.openPreview();
};

/** By modifiers and key; letters as they are without shift. */
const COMMANDS: Record<string, Command> = {
  k: (controller) => controller.mark("keep"),
  x: REJECT,
  Delete: REJECT,
  Backspace: REJECT,
  u: (controller) => controller.mark("unmark"),
  n: (controller) => controller.expand(),
  "shift+n": (controller) => controller.showSimilar(),
  c: compare,
  b: ({ state: { boxes } }) => {
    boxes.value = !boxes.peek();
  },
  " ": PREVIEW,
  Enter: PREVIEW,
  "ctrl+ ": (controller) => controller.toggle(controller.state.focusIndex),
  "ctrl+a": (controller) => controller.keepAll(),
  "ctrl+z": (controller) => controller.undo(),
  "ctrl+shift+z": (controller) => controller.redo(),
  "ctrl+y": (controller) => controller.redo(),
  "alt+ArrowLeft": (controller) => controller.state.step(-1),
  "alt+ArrowRight": (controller) => controller.state.step(1),
  "+": ZOOM_IN,
  "=": ZOOM_IN,
  "shift++": ZOOM_IN,
  "-": ZOOM_OUT,
  "?": (controller) => {
    controller.state.helping.value = true;
  },
  "shift+?": (controller) => {
    controller.state.helping.value = true;
  },
  Escape: (controller) => {
    if (controller.showsNeighbours.peek()) controller.closeNeighbours();
    else controller.clear();
  },
};

const CLOSER: Command = ({ state: { zoom } }) => {
  zoom.value = zoomed(zoom.peek(), 1.5);
};

const IN_PREVIEW: Record<string, Command> = {
  "+": CLOSER,
  "=": CLOSER,
  "shift++": CLOSER,
  "-": ({ state: { zoom } }) => {
    zoom.value = zoomed(zoom.peek(), 1 / 1.5);
  },
  "0": ({ state: { zoom } }) => {
    zoom.value = NO_ZOOM;
  },
  Escape: PREVIEW,
  " ": (controller) => controller.toggle(controller.state.focusIndex),
};

/** Where an arrow or a paging key leads to, or null for any other key. */
function destination(
  event: KeyboardEvent,
  from: number,
  last: number,
  layout: GridLayout,
  page: number,
): number | null {
  const ends = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case "ArrowLeft":
      return from - 1;
    case "ArrowRight":
      return from + 1;
    case "ArrowUp":
      return indexInRow(layout, from, -1);
    case "ArrowDown":
      return indexInRow(layout, from, 1);
    case "PageUp":
      return indexInRow(layout, from, -page);
    case "PageDown":
      return indexInRow(layout, from, page);
    case "Home":
      return ends ? 0 : from - columnOf(layout, from);
    case "End":
      return ends ? last : lastInRow(layout, from);
    default:
      return null;
  }
}

function lastInRow(layout: GridLayout, index: number): number {
  const [row, column] = [rowOf(layout, index), columnOf(layout, index)];
  let last = index;
  for (let at = column; at < layout.columns && indexAt(layout, row, at) >= 0; at++)
    last = indexAt(layout, row, at);
  return last;
}

/** The grid's keys. No key that is pressed inside the widget reaches the notebook: there, X cuts the cell. */
export function handleKey(event: KeyboardEvent, controller: GridController, viewport: Viewport): void {
  const target = event.composedPath()[0] as HTMLElement;
  viewport.showFocus(true);
  const { state } = controller;
  const control = event.ctrlKey || event.metaKey;
  const isOurs = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (!control && !event.altKey && event.key !== "Tab") event.stopPropagation();
  if (control && event.key.toLowerCase() === "s") {
    isOurs();
    passOn(event);
    return;
  }
  if (event.key === "Escape" && state.helping.peek()) {
    isOurs();
    state.helping.value = false;
    viewport.takeFocus();
    return;
  }
  // Fields and buttons keep the keys they need.
  if (target.matches("input, select")) {
    if (event.key === "Escape") viewport.takeFocus();
    return;
  }
  if (target.matches("button") && (event.key === " " || event.key === "Enter")) return;

  const previewing = state.previewing.peek();
  const keys = controller.listing.peek().keys;
  if (!event.altKey && keys.length) {
    const to = destination(
      event,
      state.focusIndex,
      keys.length - 1,
      previewing ? gridLayout(1, keys.length, 1) : viewport.layout,
      viewport.page,
    );
    if (to !== null) {
      isOurs();
      moveTo(to, event.shiftKey && !previewing, controller, viewport);
      return;
    }
  }
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const name = `${control ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${event.shiftKey ? "shift+" : ""}${letter}`;
  const command = (previewing ? IN_PREVIEW[name] : undefined) ?? COMMANDS[name];
  if (!command) return;
  isOurs();
  command(controller, viewport);
}

/**
 * Lets the notebook have a key after all. JupyterLab ignores whatever comes from inside a widget like this one, and
 * the browser would offer to save the page, when what a person means is to save the notebook.
 */
function passOn(event: KeyboardEvent): void {
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey } = event;
  const host = ((event.currentTarget as HTMLElement).getRootNode() as ShadowRoot).host;
  const again = {
    key,
    code,
    keyCode,
    ctrlKey,
    metaKey,
    shiftKey,
    bubbles: true,
    cancelable: true,
    composed: true,
  };
  host.parentElement?.dispatchEvent(new KeyboardEvent("keydown", again));
}

function moveTo(index: number, extends_: boolean, controller: GridController, viewport: Viewport): void {
  const { state } = controller;
  // The first arrow key only shows where the focus is.
  const to = state.focusKey.peek() === null ? state.focusIndex : index;
  if (extends_) {
    controller.extendTo(to, "replace");
  } else {
    state.picked = null;
    controller.focus(to);
    state.anchorKey = state.focusKey.peek();
  }
  viewport.revealFocus(!state.previewing.peek());
}
