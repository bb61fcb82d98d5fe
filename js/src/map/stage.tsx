import { useEffect, useRef } from "preact/hooks";
import { valueText } from "../lib/columns.ts";
import { ItemCard } from "../lib/item-card.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/message.tsx";
import { themeOf, watchTheme } from "../lib/theme.ts";
import { toPixels } from "./camera.ts";
import { type MapController, SELECTION } from "./controller.ts";
import { listenToGestures } from "./gestures.ts";
import { Overlay } from "./overlay.ts";
import { Scene } from "./scene.ts";

/** The points, and what lies over them. */
export function Stage({ controller }: { controller: MapController }) {
  const stage = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const [element, canvas, cover] = [stage.current, points.current, above.current];
    if (!element || !canvas || !cover) return;
    const readTheme = () => {
      controller.dark.value = themeOf(element) === "dark";
    };
    readTheme();
    const scene = new Scene(canvas, controller);
    const overlay = new Overlay(cover, controller);
    const stops = [watchTheme(readTheme), listenToGestures(element, controller, overlay)];
    return () => {
      for (const stop of stops) stop();
      scene.destroy();
      overlay.destroy();
    };
  }, [controller]);
  const { state } = controller;
  return (
    <div
      class={`stage tool-${state.tool.value}`}
      ref={stage}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is worked with the keyboard
      tabIndex={0}
      role="img"
      aria-label={summaryOf(controller)}
      data-testid="nbc-stage"
    >
      <canvas ref={points} />
      <canvas ref={above} />
      <Tooltip controller={controller} />
      <MessageOver message={messageOf(controller)} />
    </div>
  );
}

function summaryOf(controller: MapController): string {
  const { title, legend } = controller.colouring.value;
  const mask = controller.filter.rows.mask.value;
  const count = (mask?.count ?? controller.items.count).toLocaleString("en");
  const colours = title ? `, coloured by ${title} with ${legend.length.toLocaleString("en")} values` : "";
  return `Map of ${count} items${colours}. Arrow keys move it, plus and minus zoom, space keeps the item in the middle.`;
}

/** The item under the pointer or under the keyboard's cross: its picture, name and value. */
function Tooltip({ controller }: { controller: MapController }) {
  const { store, state } = controller;
  const key = store.hovered.value;
  const place = key === null ? null : controller.placeOf(key);
  if (key === null || !place) return null;
  const size = controller.size.value;
  const [x, y] = toPixels(controller.camera, size, place);
  if (x < 0 || y < 0 || x > size.width || y > size.height) return null;
  const row = controller.items.rowOf(key);
  const { color } = state;
  const column =
    color.value === null || color.value === SELECTION ? null : controller.data.columnNow(color.value);
  const note = column ? `${column.name}: ${valueText(column, row) || "none"}` : undefined;
  const side = x > size.width / 2 ? { right: size.width - x + 14 } : { left: x + 14 };
  const end = y > size.height / 2 ? { bottom: size.height - y + 14 } : { top: y + 14 };
  return (
    <div class="tooltip" style={{ ...side, ...end }}>
      <ItemCard store={store} itemKey={key} note={note} />
    </div>
  );
}

/** What stands in the map's place while there is nothing to show. */
function messageOf(controller: MapController): Message | null {
  const items = controller.data.items.value;
  const laidOut = items.status === "ready";
  const waiting = waitingMessage([controller.store.dataset.value, items, controller.cloud.value], {
    loading: laidOut ? "Laying out the map: the first time this takes a while" : "Loading…",
    failed: "No map to show",
  });
  if (waiting) return waiting;
  // The points of other items, while those of these are on their way.
  if (!controller.cloudNow) return { kind: "loading", title: "Loading…" };
  return controller.items.count ? null : { kind: "empty", title: "This data set is empty" };
}
