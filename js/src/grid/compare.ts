import type { Bitset } from "../lib/data/bitset.ts";
import type { GridController } from "./controller.ts";

/** What an item is compared with: the item where a range began, else one of those that are kept; null for none. */
export function partnerOf(key: number, anchor: number | null, kept: Bitset): number | null {
  if (anchor !== null && anchor !== key) return anchor;
  return kept.keys(2).find((other) => other !== key) ?? null;
}

/**
 * Shows the focused item beside another one; again, it is alone. In the preview of an item that has no partner it
 * stays while the next one comes beside it.
 */
export function compare(controller: GridController): void {
  const { state, store } = controller;
  const { kept } = store.selection.marks.peek();
  if (state.comparing.peek() !== null) {
    state.comparing.value = null;
    return;
  }
  if (state.focusKey.peek() === null) focusFirstOf(kept, controller);
  const key = state.focusKey.peek();
  const partner = key === null ? null : partnerOf(key, state.anchorKey, kept);
  if (partner !== null) {
    state.comparing.value = partner;
    controller.openPreview();
  } else if (state.preview.open.peek()) {
    state.comparing.value = key;
    controller.focus(state.focusIndex + 1);
  } else {
    controller.notices.say("Keep two items first: this shows them side by side");
  }
}

function focusFirstOf(kept: Bitset, controller: GridController): void {
  const [first] = kept.keys(1);
  const index = first === undefined ? -1 : controller.listing.peek().keys.indexOf(first);
  if (index >= 0) controller.focus(index);
}
