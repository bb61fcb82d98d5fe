import { useEffect, useRef } from "preact/hooks";
import { Banner } from "../lib/banner.tsx";
import { Button } from "../lib/button.tsx";
import { FilterChips } from "../lib/chips.tsx";
import { ColumnSelect } from "../lib/column-select.tsx";
import { valueText } from "../lib/columns.ts";
import { FilterMenu } from "../lib/filter-menu.tsx";
import { Icon, type IconName } from "../lib/icons.tsx";
import { ItemCard } from "../lib/item-card.tsx";
import { KeysHelp } from "../lib/keys-help.tsx";
import { MarkStatus, UndoButtons } from "../lib/mark-status.tsx";
import { themeOf, watchTheme } from "../lib/theme.ts";
import { toPixels } from "./camera.ts";
import { type MapController, SELECTION } from "./controller.ts";
import { listenToGestures } from "./gestures.ts";
import { handleKey, KEYS } from "./keyboard.ts";
import { Legend } from "./legend.tsx";
import { Overlay } from "./overlay.ts";
import { Scene } from "./scene.ts";
import type { Tool } from "./state.ts";

const TOOLS: [tool: Tool, icon: IconName, title: string][] = [
  ["lasso", "lasso", "Lasso (L): shift adds, alt takes away"],
  ["box", "rectangle", "Rectangle (R): shift adds, alt takes away"],
  ["pan", "hand", "Move the map (H)"],
];

/** The map's frame: toolbar, the points, the legend, status line, and what may lie over them. */
export function Shell({ controller }: { controller: MapController }) {
  const { store, state } = controller;
  const mask = controller.filter.rows.mask.value;
  const total = controller.items.count;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of everything inside arrive here
    <div
      class={`shell ${store.connection.state.value === "gone" ? "cut-off" : ""}`}
      style={{ height: `${state.height.value}px` }}
      onKeyDown={(event) => handleKey(event, controller)}
    >
      <div class="base" inert={state.helping.value}>
        <Toolbar controller={controller} />
        <div class="window map-window">
          <Stage controller={controller} />
          <Legend controller={controller} />
        </div>
        <div class="status">
          <MarkStatus store={store} shown={mask?.count ?? total} total={total} />
          <Method controller={controller} />
          <FilterChips filter={controller.filter.filter.value} />
          <div class="view-options">
            <Button
              icon="help"
              title="Keys (?)"
              testid="nbc-help"
              onClick={() => {
                state.helping.value = true;
              }}
            />
          </div>
        </div>
      </div>
      <KeysHelp keys={KEYS} open={state.helping} />
      <Banner connection={store.connection} />
    </div>
  );
}

function Toolbar({ controller }: { controller: MapController }) {
  const { state, store } = controller;
  return (
    <div class="toolbar" role="toolbar" aria-label="Map">
      <div class="group" role="radiogroup" aria-label="What a drag does">
        {TOOLS.map(([tool, icon, title]) => (
          <Button
            key={tool}
            icon={icon}
            title={title}
            testid={`nbc-tool-${tool}`}
            pressed={state.tool.value === tool}
            onClick={() => {
              state.tool.value = tool;
            }}
          />
        ))}
      </div>
      <div class="group">
        <Button icon="plus" title="Zoom in (+)" testid="nbc-zoom-in" onClick={() => controller.zoomBy(1.6)} />
        <Button
          icon="minus"
          title="Zoom out (−)"
          testid="nbc-zoom-out"
          onClick={() => controller.zoomBy(1 / 1.6)}
        />
        <Button
          icon="fit"
          title="Show all (0, double click)"
          testid="nbc-fit"
          disabled={!state.camera.value}
          onClick={() => controller.showAll()}
        />
      </div>
      <ColumnSelect
        label="Colour"
        columns={store.columns}
        value={state.color.value}
        none="none"
        extra={[[SELECTION, "selection"]]}
        testid="nbc-color"
        onChange={(name) => {
          state.color.value = name;
        }}
      />
      <Button
        icon="legend"
        title="Legend"
        testid="nbc-legend-toggle"
        pressed={state.legendOpen.value}
        onClick={() => {
          state.legendOpen.value = !state.legendOpen.value;
        }}
      />
      <div class="group">
        <FilterMenu filter={controller.filter} columns={store.columns} />
        <Button
          icon="clear"
          title="Keep none (Esc)"
          testid="nbc-clear"
          disabled={!store.selection.marks.value.keptCount}
          onClick={() => controller.keepNone()}
        />
      </div>
      <UndoButtons store={store} />
    </div>
  );
}

/** The points, and what lies over them. */
function Stage({ controller }: { controller: MapController }) {
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
      <Message controller={controller} />
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

/** Which method made the map, if it is not the one that was asked for. */
function Method({ controller }: { controller: MapController }) {
  const wanted = controller.state.method.value;
  const projection = controller.data.projection(wanted).value;
  if (projection.status !== "ready") return null;
  const { method } = projection.value;
  return (
    <span title={method === wanted ? undefined : `${wanted} is not installed`} data-testid="nbc-method">
      {method.toUpperCase()}
    </span>
  );
}

/** What stands in the map's place while there is nothing to show. */
function Message({ controller }: { controller: MapController }) {
  const { store } = controller;
  const dataset = store.dataset.value;
  const items = controller.data.items.value;
  const cloud = controller.cloud.value;
  const failed = [dataset, items, cloud].find((part) => part.status === "failed");
  if (failed?.status === "failed") {
    return (
      <div class="message over failed" data-testid="nbc-message" data-kind="failed">
        <Icon name="broken" />
        <p>No map to show</p>
        <p class="detail">{failed.reason}</p>
      </div>
    );
  }
  if (controller.cloudNow) {
    if (controller.items.count) return null;
    return (
      <div class="message over empty" data-testid="nbc-message" data-kind="empty">
        <p>This data set is empty</p>
      </div>
    );
  }
  return (
    <div class="message over loading" data-testid="nbc-message" data-kind="loading">
      <p>{items.status === "ready" ? "Laying out the map: the first time this takes a while" : "Loading…"}</p>
    </div>
  );
}
