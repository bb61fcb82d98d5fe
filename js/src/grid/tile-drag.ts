/** Tiles that are dragged away, such as onto the bar of a class: the kept ones together, another one alone. */
import type { Marks } from "../lib/data/marks.ts";
import type { GridController } from "./controller.ts";

/** Tells a drag of items from any other; what they are, the page knows. */
const ITEMS = "application/x-nbcurate-items";

/** What is meant by dragging an item: all that is kept where it is one of them. */
export function draggedWith(key: number, { kept }: Marks): Uint32Array<ArrayBuffer> {
  return kept.has(key) ? kept.keys() : Uint32Array.of(key);
}

/** Lets the tiles be dragged. Answers how to stop. */
export function listenToTileDrags(scroller: HTMLElement, controller: GridController): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const { store } = controller;
  scroller.addEventListener(
    "pointerdown",
    (event) => {
      const tile = (event.target as Element).closest<HTMLElement>(".tile");
      if (tile) tile.draggable = !event.altKey; // with alt a drag draws a rectangle
    },
    { signal },
  );
  scroller.addEventListener(
    "dragstart",
    (event) => {
      const tile = (event.target as Element).closest<HTMLElement>(".tile");
      if (!tile || !event.dataTransfer) {
        event.preventDefault();
        return;
      }
      const keys = draggedWith(Number(tile.dataset.key), store.selection.marks.peek());
      event.dataTransfer.setData(ITEMS, "");
      event.dataTransfer.effectAllowed = "copy";
      const ghost = ghostOf(tile, keys.length);
      event.dataTransfer.setDragImage(ghost, 12, 12);
      setTimeout(() => ghost.remove());
      store.dragged.value = { keys };
    },
    { signal },
  );
  scroller.addEventListener(
    "dragend",
    () => {
      store.dragged.value = null;
    },
    { signal },
  );
  return () => listening.abort();
}

/** What hangs at the pointer: the picture, and how many go with it. It must be on the page while the drag starts. */
function ghostOf(tile: HTMLElement, count: number): HTMLElement {
  const ghost = document.createElement("div");
  ghost.className = "drag-ghost";
  const picture = tile.querySelector<HTMLImageElement>(".picture")?.cloneNode() as HTMLElement | undefined;
  const words = document.createElement("b");
  words.textContent = count === 1 ? "1 picture" : `${count.toLocaleString("en")} pictures`;
  ghost.append(...(picture ? [picture, words] : [words]));
  tile.closest(".shell")?.append(ghost);
  return ghost;
}
