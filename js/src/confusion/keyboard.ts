import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import type { ConfusionController } from "./controller.ts";
import { zoomed } from "./geometry.ts";
import type { Place } from "./state.ts";

/** What the help lists. Kept beside the commands, so that they are changed together. */
export const KEYS: KeyList = [
  ["Click a cell", "keep exactly its items, or filter the linked views to them: as the switch above says"],
  ["Ctrl+click, Shift+click", "keep its items as well, or take them back"],
  ["Click a name", "the same with all of a row or a column"],
  ["Arrows, Home / End", "from cell to cell, and onto the names"],
  ["Enter / Space", "keep exactly the items of the cell / as well, or take them back"],
  ["F", "filter the linked views to the items of the cell"],
  ["+ / − / 0", "larger cells / smaller ones / as they fit"],
  ["Esc", "keep none"],
  ["Frames", "solid: all items of the cell are kept; dashed: some of them"],
];

export function commandsOf(controller: ConfusionController): Commands {
  const { state } = controller;
  const at = (place: Place) => {
    state.current.value = place;
    controller.pointed.value = place; // and what it holds is told
  };
  const go = (rows: number, columns: number) => () => {
    const size = controller.shown.peek()?.order.length ?? 0;
    const { row, column } = state.current.peek();
    const within = (place: number) => Math.min(Math.max(place, -1), size - 1);
    const to = { row: within(row + rows), column: within(column + columns) };
    if (size && (to.row >= 0 || to.column >= 0)) at(to); // nothing is in the corner
  };
  const far = Number.MAX_SAFE_INTEGER / 2;
  const larger = () => {
    state.cell.value = zoomed(controller.cell, true);
  };
  return {
    ArrowLeft: go(0, -1),
    ArrowRight: go(0, 1),
    ArrowUp: go(-1, 0),
    ArrowDown: go(1, 0),
    Home: () => at({ ...state.current.peek(), column: 0 }),
    End: go(0, far),
    "ctrl+Home": () => at({ row: 0, column: 0 }),
    "ctrl+End": go(far, far),
    Enter: () => controller.act(state.current.peek(), false),
    " ": () => controller.select(state.current.peek(), true),
    f: () => controller.toggleFilter(state.current.peek()),
    "+": larger,
    "=": larger,
    "-": () => {
      state.cell.value = zoomed(controller.cell, false);
    },
    "0": () => {
      state.cell.value = 0;
    },
    Escape: () => controller.keepNone(),
  };
}
