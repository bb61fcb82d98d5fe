import { previewCommands } from "../lib/pictures/preview.tsx";
import { LABEL_KEYS } from "../lib/session/label-menu.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { compare } from "./compare.ts";
import type { GridController } from "./controller.ts";
import { columnOf, type GridLayout, gridLayout, indexAt, indexInRow, rowOf } from "./layout.ts";
import type { Viewport } from "./viewport.ts";

/** What the help lists. Kept beside the commands, so that they are changed together. */
export const KEYS: KeyList = [
  ["Click", "keep only this one"],
  ["Ctrl+click, Ctrl+Space", "keep, or take back"],
  ["Shift+click, Shift+arrows", "keep a range"],
  ["Alt+drag", "draw a rectangle"],
  ["Arrows, Home, End, Page", "move; with Ctrl to the very ends"],
  ["K / X / U", "keep / reject / unmark"],
  ["Ctrl+A", "keep all shown"],
  ...LABEL_KEYS,
  ["Drag onto a class bar", "label what is kept, or the one that is dragged"],
  ["/", "search by words, where the model knows words"],
  ["Drop or paste a picture", "show what is similar to it"],
  ["N", "expand the kept by their nearest"],
  ["Shift+N", "show what is similar"],
  ["C", "compare: side by side with what is kept, or where a range began"],
  ["B", "draw boxes: of objects, and the image around a box"],
  ["Alt+Left / Alt+Right", "back / forward"],
  ["Space, Enter, double click", "preview, and back"],
  ["+ / −", "larger / smaller; in the preview closer, with 0 all of it"],
  ["Esc", "close what is open, else keep none"],
];

/** What can be done from anywhere in the grid, the preview included. */
function ownCommands(controller: GridController): Commands {
  const { state } = controller;
  const preview = () => controller.openPreview();
  const reject = () => controller.mark("reject");
  const larger = () => controller.zoom(1);
  return {
    k: () => controller.mark("keep"),
    x: reject,
    Delete: reject,
    Backspace: reject,
    u: () => controller.mark("unmark"),
    n: () => controller.expand(),
    "shift+n": () => controller.showSimilar(),
    c: () => compare(controller),
    l: () => controller.labelling.start(),
    "shift+l": () => controller.labelling.start(),
    b: () => {
      state.boxes.value = !state.boxes.peek();
    },
    " ": preview,
    Enter: preview,
    "/": () => controller.wordsField.current?.focus(),
    "ctrl+ ": () => controller.toggle(state.focusIndex),
    "ctrl+a": () => controller.keepAll(),
    "alt+ArrowLeft": () => state.step(-1),
    "alt+ArrowRight": () => state.step(1),
    "+": larger,
    "=": larger,
    "-": () => controller.zoom(-1),
    Escape: () => {
      if (controller.showsNeighbours.peek()) controller.closeNeighbours();
      else controller.clear();
    },
  };
}

/** Where the focus is, and in what. */
interface Place {
  index: number;
  last: number;
  layout: GridLayout;
  page: number;
}

type Move = (from: Place) => number;

/** Where an arrow or a paging key leads to. */
const MOVES: Record<string, Move> = {
  ArrowLeft: ({ index }) => index - 1,
  ArrowRight: ({ index }) => index + 1,
  ArrowUp: ({ layout, index }) => indexInRow(layout, index, -1),
  ArrowDown: ({ layout, index }) => indexInRow(layout, index, 1),
  PageUp: ({ layout, index, page }) => indexInRow(layout, index, -page),
  PageDown: ({ layout, index, page }) => indexInRow(layout, index, page),
  Home: ({ layout, index }) => index - columnOf(layout, index),
  End: ({ layout, index }) => lastInRow(layout, index),
};

/** With ctrl. */
const TO_THE_ENDS: Record<string, Move> = { Home: () => 0, End: ({ last }) => last };

function lastInRow(layout: GridLayout, index: number): number {
  const [row, column] = [rowOf(layout, index), columnOf(layout, index)];
  let last = index;
  for (let at = column; at < layout.columns && indexAt(layout, row, at) >= 0; at++)
    last = indexAt(layout, row, at);
  return last;
}

/** The grid's keys; in the preview the arrows walk from item to item. */
export function commandsOf(
  controller: GridController,
  viewport: { readonly current: Viewport | null },
): Commands {
  const { preview } = controller.state;
  const commands = ownCommands(controller);
  for (const [key, near] of Object.entries(MOVES)) {
    for (const control of ["", "ctrl+"]) {
      const move = control ? (TO_THE_ENDS[key] ?? near) : near;
      commands[`${control}${key}`] = () => moveBy(move, false, controller, viewport.current);
      commands[`${control}shift+${key}`] = () => moveBy(move, true, controller, viewport.current);
    }
  }
  return preview.open.value ? { ...commands, ...previewCommands(preview) } : commands;
}

function moveBy(move: Move, extends_: boolean, controller: GridController, viewport: Viewport | null): void {
  const { state } = controller;
  const count = controller.listing.peek().keys.length;
  if (!viewport || !count) return;
  const previewing = state.preview.open.peek();
  const layout = previewing ? gridLayout(1, count, 1) : viewport.layout;
  const { focusIndex: index } = state;
  // The first arrow key only shows where the focus is.
  const to =
    state.focusKey.peek() === null ? index : move({ index, last: count - 1, layout, page: viewport.page });
  if (extends_ && !previewing) {
    controller.extendTo(to, "replace");
  } else {
    state.picked = null;
    controller.focus(to);
    state.anchorKey = state.focusKey.peek();
  }
  viewport.revealFocus(!previewing);
}
