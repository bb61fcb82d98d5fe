/** Searches of the grid: by all that is kept, and by what is no item, words and pictures that are dropped or pasted. */
import type { GridController } from "./controller.ts";
import { handOver } from "./picture-file.ts";
import { NO_QUERY } from "./query.ts";

/** More positives than this say little more about what is meant, and cost time. */
const MAX_QUERY_KEYS = 1_000;

/** Shows what is near to the kept and far from the rejected; without kept items, near to the focused one. */
export function showSimilarToSelection(controller: GridController): void {
  const { state, store } = controller;
  if (!controller.canSearch()) return;
  const { kept, rejected } = store.selection.marks.peek();
  const positive = [...kept.keys(MAX_QUERY_KEYS)];
  if (positive.length) state.visit({ positive, negative: [...rejected.keys(MAX_QUERY_KEYS)] });
  else if (state.focusKey.peek() !== null) controller.showSimilar();
  else controller.notices.say("Click an item first: this shows what is similar to it");
}

/** Whether the model knows words, so that a search can be by them. */
export function knowsWords({ store }: GridController): boolean {
  const dataset = store.dataset.value;
  return dataset.status === "ready" && dataset.value.words;
}

/** Shows what a text describes; of an empty one: all items again. */
export function searchWords(controller: GridController, text: string): void {
  const words = text.trim();
  if (!words) controller.closeNeighbours();
  else if (controller.canSearch()) controller.state.visit({ ...NO_QUERY, words });
}

/** Shows what is similar to a picture, which goes to the kernel first. */
export async function searchPicture(controller: GridController, file: Blob): Promise<void> {
  if (!controller.canSearch()) return;
  await controller.notices.attempt(async () => {
    const picture = await handOver(controller.store.rpc, file);
    controller.state.preview.open.value = false;
    controller.state.visit({ ...NO_QUERY, picture });
  });
}
