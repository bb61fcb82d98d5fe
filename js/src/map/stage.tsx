import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { valueText } from "../lib/data/columns.ts";
import { ItemCard } from "../lib/pictures/item-card.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import { themeOf, watchTheme } from "../lib/ui/theme.ts";
import { toPixels } from "./camera.ts";
import { listenToGestures } from "./gestures.ts";
import { Overlay } from "./overlay.ts";
import { SELECTION } from "./points.ts";
import { Scene } from "./scene.ts";
import type { MapSheet } from "./sheet.ts";

interface StageProps {
  sheet: MapSheet;
  /** Stands above, where there are two maps. */
  title?: string | undefined;
  /** What lies over the points, and lets the pointer through. */
  children?: ComponentChildren;
}

/** The points, and what lies over them. */
export function Stage({ sheet, title, children }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const points = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const { map } = sheet;
  useEffect(() => {
    const [element, canvas, cover] = [stage.current, points.current, above.current];
    if (!element || !canvas || !cover) return;
    const readTheme = () => {
      map.dark.value = themeOf(element) === "dark";
    };
    readTheme();
    const scene = new Scene(canvas, sheet);
    const overlay = new Overlay(cover, sheet);
    const stops = [watchTheme(readTheme), listenToGestures(element, sheet, overlay)];
    return () => {
      for (const stop of stops) stop();
      scene.destroy();
      overlay.destroy();
    };
  }, [sheet, map]);
  return (
    <div class="sheet">
      {title !== undefined && (
        <h4 title={title} data-testid="nbc-map-title">
          {title}
        </h4>
      )}
      <div
        class={`stage tool-${map.state.tool.value}`}
        ref={stage}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is worked with the keyboard
        tabIndex={0}
        role="img"
        aria-label={summaryOf(sheet, title)}
        data-testid="nbc-stage"
      >
        <canvas ref={points} />
        <canvas ref={above} />
        {children}
        <Tooltip sheet={sheet} />
        <MessageOver message={messageOf(sheet)} />
      </div>
    </div>
  );
}

function summaryOf({ map }: MapSheet, name?: string): string {
  const { title, legend } = map.colouring.value;
  const mask = map.filter.rows.mask.value;
  const count = (mask?.count ?? map.items.count).toLocaleString("en");
  const colours = title ? `, coloured by ${title} with ${legend.length.toLocaleString("en")} values` : "";
  const of = name === undefined ? "" : ` by ${name}`;
  return `${map.words.plot} of ${count} items${of}${colours}. Arrow keys move it, plus and minus zoom, space keeps the item in the middle.`;
}

/** The item under the pointer or under the keyboard's cross: its picture, name and value, on the map that is looked at. */
function Tooltip({ sheet }: { sheet: MapSheet }) {
  const { map } = sheet;
  const key = map.store.hovered.value;
  const place = key === null || map.activeSheet.value !== sheet.number ? null : sheet.placeOf(key);
  if (key === null || !place) return null;
  const size = sheet.size.value;
  const [x, y] = toPixels(sheet.camera, size, place);
  if (x < 0 || y < 0 || x > size.width || y > size.height) return null;
  const row = map.items.rowOf(key);
  const { color } = map.state;
  const column = color.value === null || color.value === SELECTION ? null : map.data.columnNow(color.value);
  const coloured = column ? `${column.name}: ${valueText(column, row) || "none"}` : "";
  const note = [map.words.noteOf(row), coloured].filter(Boolean).join(" · ") || undefined;
  const side = x > size.width / 2 ? { right: size.width - x + 14 } : { left: x + 14 };
  const end = y > size.height / 2 ? { bottom: size.height - y + 14 } : { top: y + 14 };
  return (
    <div class="tooltip" style={{ ...side, ...end }}>
      <ItemCard source={map.store} itemKey={key} note={note} />
    </div>
  );
}

/** What stands in the map's place while there is nothing to show. */
function messageOf(sheet: MapSheet): Message | null {
  const { data, store, words } = sheet.map;
  const items = data.items.value;
  const laidOut = items.status === "ready";
  const waiting = waitingMessage([store.dataset.value, items, sheet.cloud.value], {
    loading: laidOut ? words.loading : "Loading…",
    failed: words.failed,
  });
  if (waiting) return waiting;
  // The points of other items, while those of these are on their way.
  if (!sheet.cloudNow) return { kind: "loading", title: "Loading…" };
  return sheet.map.items.count ? null : { kind: "empty", title: "This data set is empty" };
}
