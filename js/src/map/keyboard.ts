import type { KeyList } from "../lib/keys-help.tsx";
import type { MapController } from "./controller.ts";

/** What the help lists. Kept beside the handler, so that they are changed together. */
export const KEYS: KeyList = [
  ["Drag", "draw a lasso or a rectangle around what to keep"],
  ["Shift+drag / Alt+drag", "add to the kept / take away"],
  ["Click, Ctrl+click", "keep only this one, or one more"],
  ["L / R / H", "lasso / rectangle / hand"],
  ["Ctrl+wheel, + / −", "zoom; the wheel alone once the map has the focus"],
  ["Double click, 0", "show all"],
  ["Arrows", "move the map under the cross"],
  ["Space", "keep the item nearest to the cross, or take it back"],
  ["F", "filter to the kept"],
  ["Ctrl+A / Esc", "keep all shown / keep none"],
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo"],
];

const STEP = 60;
const ZOOM = 1.3;
/** How far around the cross an item is looked for, px. */
const REACH = 60;

type Command = (controller: MapController) => void;

const COMMANDS: Record<string, Command> = {
  ArrowLeft: (controller) => move(controller, STEP, 0),
  ArrowRight: (controller) => move(controller, -STEP, 0),
  ArrowUp: (controller) => move(controller, 0, STEP),
  ArrowDown: (controller) => move(controller, 0, -STEP),
  "+": (controller) => controller.zoomBy(ZOOM),
  "=": (controller) => controller.zoomBy(ZOOM),
  "-": (controller) => controller.zoomBy(1 / ZOOM),
  "0": (controller) => controller.showAll(),
  l: ({ state }) => {
    state.tool.value = "lasso";
  },
  r: ({ state }) => {
    state.tool.value = "box";
  },
  h: ({ state }) => {
    state.tool.value = "pan";
  },
  f: (controller) => controller.filterToKept(),
  " ": (controller) => {
    const key = lookUnderCross(controller);
    if (key !== null) controller.pick(key, true);
  },
  "?": ({ state }) => {
    state.helping.value = true;
  },
  Escape: (controller) => controller.keepNone(),
  "ctrl+a": (controller) => controller.keepAllShown(),
  "ctrl+z": ({ store }) => void (store.selection.canUndo.peek() && store.undo()),
  "ctrl+shift+z": ({ store }) => void (store.selection.canRedo.peek() && store.redo()),
  "ctrl+y": ({ store }) => void (store.selection.canRedo.peek() && store.redo()),
};

/** The map's keys. No key that is pressed inside the widget reaches the notebook. */
export function handleKey(event: KeyboardEvent, controller: MapController): void {
  const { state } = controller;
  const control = event.ctrlKey || event.metaKey;
  if (!control && !event.altKey && event.key !== "Tab") event.stopPropagation();
  if (event.key === "Escape" && state.helping.peek()) {
    event.preventDefault();
    state.helping.value = false;
    return;
  }
  const target = event.composedPath()[0] as HTMLElement;
  if (target.matches("input, select") || event.altKey) return;
  if (target.matches("button") && (event.key === " " || event.key === "Enter")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && /^[a-z]$/.test(key);
  const command = COMMANDS[`${control ? "ctrl+" : ""}${shift ? "shift+" : ""}${key}`];
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command(controller);
}

function move(controller: MapController, dx: number, dy: number): void {
  controller.panBy(dx, dy);
  controller.byKeyboard.value = true;
  lookUnderCross(controller);
}

/** Takes the item nearest to the middle of the window as the one that is looked at. */
function lookUnderCross(controller: MapController): number | null {
  const { x, y, scale } = controller.camera;
  controller.byKeyboard.value = true;
  const key = controller.keyNear([x, y], REACH / scale);
  controller.store.hovered.value = key;
  return key;
}
