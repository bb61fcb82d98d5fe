import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import type { PointsController } from "./points-controller.ts";
import type { Tool } from "./state.ts";

/** What the help lists. Kept beside the commands, so that they are changed together. */
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
  ["Shift+L", "label what is kept"],
  ["Ctrl+A / Esc", "keep all shown / keep none"],
];

const STEP = 60;
const ZOOM = 1.3;
/** How far around the cross an item is looked for, px. */
const REACH = 60;

/** The map's keys. */
export function commandsOf(controller: PointsController): Commands {
  const { state } = controller;
  const closer = () => controller.active.zoomBy(ZOOM);
  const use = (tool: Tool) => () => {
    state.tool.value = tool;
  };
  return {
    ArrowLeft: () => move(controller, STEP, 0),
    ArrowRight: () => move(controller, -STEP, 0),
    ArrowUp: () => move(controller, 0, STEP),
    ArrowDown: () => move(controller, 0, -STEP),
    "+": closer,
    "=": closer,
    "-": () => controller.active.zoomBy(1 / ZOOM),
    "0": () => controller.active.showAll(),
    l: use("lasso"),
    r: use("box"),
    h: use("pan"),
    f: () => controller.filterToKept(),
    "shift+l": () => controller.labelling.start(),
    " ": () => {
      const key = lookUnderCross(controller);
      if (key !== null) controller.pick(key, true);
    },
    Escape: () => controller.keepNone(),
    "ctrl+a": () => controller.keepAllShown(),
  };
}

function move(controller: PointsController, dx: number, dy: number): void {
  controller.active.panBy(dx, dy);
  lookUnderCross(controller);
}

/** Takes the item nearest to the middle of the window as the one that is looked at. */
function lookUnderCross(controller: PointsController): number | null {
  const sheet = controller.active;
  const { x, y, scale } = sheet.camera;
  sheet.byKeyboard.value = true;
  const key = sheet.keyNear([x, y], REACH / scale);
  controller.store.hovered.value = key;
  return key;
}
