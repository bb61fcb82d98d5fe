import type { SelectOp } from "../lib/data/marks.ts";
import { type Point, toUnits } from "./camera.ts";
import type { Overlay } from "./overlay.ts";
import { cornersOf, type Polygon, simplify } from "./polygon.ts";
import type { MapSheet } from "./sheet.ts";

/** A press that moves less than this is a click. */
const DRAG_FROM = 4;
/** How near the pointer must be to a point, px. */
const REACH = 9;
const WHEEL_STEP = 0.0022;

/** What a drag does to the selection: plain replaces, shift adds, alt takes away. */
function operationOf(event: PointerEvent): SelectOp {
  if (event.altKey) return "unmark";
  return event.shiftKey || event.ctrlKey || event.metaKey ? "keep" : "set";
}

/** The mouse on the map: look, click, lasso, rectangle, pan, and zoom with the wheel. Answers how to stop. */
export function listenToGestures(stage: HTMLElement, sheet: MapSheet, overlay: Overlay): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const { map } = sheet;
  const { store, state } = map;

  const placeOf = (event: MouseEvent): Point => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const unitsOf = (pixels: Point) => toUnits(sheet.camera, sheet.size.peek(), pixels);
  const keyAt = (event: MouseEvent) => sheet.keyNear(unitsOf(placeOf(event)), REACH / sheet.camera.scale);

  const take = () => {
    map.activeSheet.value = sheet.number;
  };
  stage.addEventListener("pointerenter", take, { signal });
  stage.addEventListener("focus", take, { signal });

  stage.addEventListener(
    "pointermove",
    (event) => {
      if (event.buttons || overlay.outline.peek()) return;
      sheet.byKeyboard.value = false;
      store.hovered.value = keyAt(event);
    },
    { signal },
  );
  stage.addEventListener(
    "pointerleave",
    () => {
      store.hovered.value = null;
    },
    { signal },
  );

  stage.addEventListener(
    "wheel",
    (event) => {
      // Without ctrl the wheel scrolls the notebook, unless a person has stepped onto the map.
      const root = stage.getRootNode() as ShadowRoot;
      if (!event.ctrlKey && !event.metaKey && root.activeElement !== stage) return;
      event.preventDefault();
      sheet.zoomBy(Math.exp(-event.deltaY * WHEEL_STEP * (event.deltaMode ? 16 : 1)), placeOf(event));
    },
    { signal, passive: false },
  );

  stage.addEventListener("dblclick", () => sheet.showAll(), { signal });

  stage.addEventListener(
    "pointerdown",
    (start) => {
      if (start.button !== 0 && start.button !== 1) return;
      const pans = start.button === 1 || state.tool.peek() === "pan";
      const shape = state.tool.peek() === "box" ? "box" : "line";
      drag(start, signal, placeOf, {
        move(from, to, by) {
          store.hovered.value = null;
          if (pans) sheet.panBy(...by);
          else if (shape === "box") overlay.outline.value = rectangle(from, to);
          else overlay.outline.value = [...(overlay.outline.peek() ?? [from]), to];
        },
        end(event, moved) {
          const outline = overlay.outline.peek();
          overlay.outline.value = null;
          if (!moved) click(event);
          else if (!pans && outline) {
            const line = shape === "box" ? outline : simplify(outline, 1);
            sheet.selectInside(line.map(unitsOf), operationOf(event));
          }
        },
        cancel() {
          overlay.outline.value = null;
        },
      });
    },
    { signal },
  );

  function click(event: PointerEvent): void {
    const key = keyAt(event);
    if (key !== null && event.button === 0) {
      map.pick(key, event.shiftKey || event.ctrlKey || event.metaKey);
    }
  }

  return () => listening.abort();
}

function rectangle([ax, ay]: Point, [bx, by]: Point): Polygon {
  return cornersOf({
    left: Math.min(ax, bx),
    right: Math.max(ax, bx),
    bottom: Math.min(ay, by),
    top: Math.max(ay, by),
  });
}

interface Drag {
  move(from: Point, to: Point, by: Point): void;
  end(event: PointerEvent, moved: boolean): void;
  cancel(): void;
}

/** Follows the pointer from a press until it is let go, on the page and beyond. Escape gives it up. */
function drag(
  start: PointerEvent,
  ended: AbortSignal,
  placeOf: (event: MouseEvent) => Point,
  on: Drag,
): void {
  const dragging = new AbortController();
  const signal = AbortSignal.any([dragging.signal, ended]);
  const from = placeOf(start);
  let last = from;
  let moved = false;
  addEventListener(
    "pointermove",
    (event) => {
      const to = placeOf(event);
      moved ||= Math.hypot(to[0] - from[0], to[1] - from[1]) >= DRAG_FROM;
      if (!moved) return;
      on.move(from, to, [to[0] - last[0], to[1] - last[1]]);
      last = to;
    },
    { signal },
  );
  addEventListener(
    "pointerup",
    (event) => {
      dragging.abort();
      on.end(event, moved);
    },
    { signal },
  );
  const giveUp = () => {
    dragging.abort();
    on.cancel();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // or it would empty the selection as well
    giveUp();
  };
  addEventListener("pointercancel", giveUp, { signal });
  addEventListener("keydown", onKey, { signal, capture: true });
}
