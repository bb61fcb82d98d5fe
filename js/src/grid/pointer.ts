import type { GridController } from "./controller.ts";
import type { Rectangle } from "./layout.ts";

/** What the pointer is over. */
export interface PointedTiles {
  takeFocus(): void;
  showFocus(shown: boolean): void;
  /** Which tiles a rectangle touches, px from the corner of the window. */
  indicesWithin(rectangle: Rectangle): number[];
}

/** A press that moves less than this is a click. */
const DRAG_FROM = 4;

/** The mouse in the grid: click, modifiers, double click, and a rectangle drawn on empty space or with alt. */
export function listenToPointer(
  tiles: PointedTiles,
  scroller: HTMLElement,
  controller: GridController,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  /** The click at the end of a drag is not a click. */
  let dragged = false;
  /** Takes back what the first half of a double click did among neighbours: a look must not change the mark. */
  let takeBack = () => {};

  scroller.addEventListener(
    "click",
    (event) => {
      if (dragged) {
        dragged = false;
        return;
      }
      const tile = tileOf(event);
      if (!tile) return;
      const index = Number(tile.dataset.index);
      const adds = event.ctrlKey || event.metaKey;
      if ((event.target as Element).closest(".mark")) controller.toggle(index);
      else if (event.shiftKey) controller.extendTo(index, adds ? "anchor" : "replace");
      else if (adds) controller.toggle(index);
      else if (event.detail === 2) takeBack();
      else takeBack = controller.pick(index);
      tiles.takeFocus();
    },
    { signal },
  );

  scroller.addEventListener(
    "dblclick",
    (event) => {
      const tile = tileOf(event);
      if (tile && !(event.target as Element).closest("button"))
        controller.openPreview(Number(tile.dataset.index));
    },
    { signal },
  );

  scroller.addEventListener(
    "pointerdown",
    (event) => {
      dragged = false;
      tiles.showFocus(false);
      const onEmpty = event.target === scroller || (event.target as Element).matches(".sizer, .row");
      // Right of the content is the scroll bar.
      const onBar = event.offsetX >= scroller.clientWidth && event.target === scroller;
      if (event.button !== 0 || event.pointerType === "touch" || onBar || !(onEmpty || event.altKey)) return;
      drawRectangle(event, tiles, scroller, controller, signal, () => {
        dragged = true;
      });
    },
    { signal },
  );

  return () => listening.abort();
}

/** Shows a rectangle until the pointer is let go, then marks what it touches. */
function drawRectangle(
  start: PointerEvent,
  tiles: PointedTiles,
  scroller: HTMLElement,
  controller: GridController,
  ended: AbortSignal,
  onDrag: () => void,
): void {
  const box = scroller.getBoundingClientRect();
  const rectangle = document.createElement("div");
  rectangle.className = "rectangle";
  const scrollStart = scroller.scrollTop;
  const dragging = new AbortController();
  const signal = AbortSignal.any([dragging.signal, ended]);
  signal.addEventListener("abort", () => rectangle.remove());

  const edges = (event: PointerEvent): Rectangle => {
    // The start stays with the content when the wheel turns meanwhile.
    const startY = start.clientY - box.top - (scroller.scrollTop - scrollStart);
    const [left, right] = [start.clientX - box.left, event.clientX - box.left].sort((a, b) => a - b);
    const [top, bottom] = [startY, event.clientY - box.top].sort((a, b) => a - b);
    return { left, top, right, bottom };
  };

  addEventListener(
    "pointermove",
    (event) => {
      const far = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) >= DRAG_FROM;
      if (!rectangle.isConnected) {
        if (!far) return;
        onDrag();
        scroller.parentElement?.append(rectangle);
      }
      const { left, top, right, bottom } = edges(event);
      const shownTop = Math.max(top, 0);
      const height = Math.min(bottom, box.height) - shownTop;
      rectangle.style.cssText = `left:${left}px;top:${shownTop}px;width:${right - left}px;height:${height}px`;
    },
    { signal },
  );
  addEventListener(
    "pointerup",
    (event) => {
      if (rectangle.isConnected) {
        controller.pickTogether(
          tiles.indicesWithin(edges(event)),
          event.shiftKey || event.ctrlKey || event.metaKey,
        );
        tiles.takeFocus();
      }
      dragging.abort();
    },
    { signal },
  );
  addEventListener("pointercancel", () => dragging.abort(), { signal });
}

function tileOf(event: Event): HTMLElement | null {
  return (event.target as Element).closest<HTMLElement>(".tile");
}
