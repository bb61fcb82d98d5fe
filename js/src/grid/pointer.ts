import type { GridController } from "./controller.ts";
import type { Viewport } from "./viewport.ts";

/** A press that moves less than this is a click. */
const DRAG_FROM = 4;

/** The mouse in the grid: click, modifiers, double click, and a rectangle drawn on empty space or with alt. */
export function listenToPointer(
  viewport: Viewport,
  scroller: HTMLElement,
  controller: GridController,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  /** The click at the end of a drag is not a click. */
  let dragged = false;

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
      else controller.pick(index);
      viewport.takeFocus();
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
      viewport.showFocus(false);
      const onEmpty = event.target === scroller || (event.target as Element).matches(".sizer, .row");
      // Right of the content is the scroll bar.
      const onBar = event.offsetX >= scroller.clientWidth && event.target === scroller;
      if (event.button !== 0 || event.pointerType === "touch" || onBar || !(onEmpty || event.altKey)) return;
      drawRectangle(event, viewport, scroller, controller, signal, () => {
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
  viewport: Viewport,
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

  const edges = (event: PointerEvent) => {
    // The start stays with the content when the wheel turns meanwhile.
    const startY = start.clientY - box.top - (scroller.scrollTop - scrollStart);
    const [x0, x1] = [start.clientX - box.left, event.clientX - box.left].sort((a, b) => a - b);
    const [y0, y1] = [startY, event.clientY - box.top].sort((a, b) => a - b);
    return { x0, y0, x1, y1 };
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
      const { x0, y0, x1, y1 } = edges(event);
      const top = Math.max(y0, 0);
      rectangle.style.cssText = `left:${x0}px;top:${top}px;width:${x1 - x0}px;height:${Math.min(y1, box.height) - top}px`;
    },
    { signal },
  );
  addEventListener(
    "pointerup",
    (event) => {
      if (rectangle.isConnected) {
        const { x0, y0, x1, y1 } = edges(event);
        const keys = viewport.indicesWithin(x0, y0, x1, y1).map((index) => controller.keyAt(index) as number);
        const adds = event.shiftKey || event.ctrlKey || event.metaKey || controller.showsNeighbours.peek();
        controller.markKeys(adds ? "keep" : "set", keys);
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
