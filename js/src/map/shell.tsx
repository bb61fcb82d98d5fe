import { Button } from "../lib/button.tsx";
import { FilterChips } from "../lib/chips.tsx";
import { ColumnSelect } from "../lib/column-select.tsx";
import { FilterMenu } from "../lib/filter-menu.tsx";
import type { IconName } from "../lib/icons.tsx";
import { MarkStatus, UndoButtons } from "../lib/mark-status.tsx";
import { ViewFrame } from "../lib/view-frame.tsx";
import { type MapController, SELECTION } from "./controller.ts";
import { commandsOf, KEYS } from "./keyboard.ts";
import { Legend } from "./legend.tsx";
import { Stage } from "./stage.tsx";
import type { Tool } from "./state.ts";

const TOOLS: [tool: Tool, icon: IconName, title: string][] = [
  ["lasso", "lasso", "Lasso (L): shift adds, alt takes away"],
  ["box", "rectangle", "Rectangle (R): shift adds, alt takes away"],
  ["pan", "hand", "Move the map (H)"],
];

/** The map's frame: the tools, the points and their legend. */
export function Shell({ controller }: { controller: MapController }) {
  const { store, filter } = controller;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Map"
      toolbar={<Toolbar controller={controller} />}
      status={
        <>
          <MarkStatus store={store} filter={filter} />
          <Method controller={controller} />
          <FilterChips filter={filter.filter.value} />
        </>
      }
    >
      <div class="map">
        <div class="sheets">
          {controller.sheets.value.map((sheet, at) => (
            <Stage key={at} sheet={sheet} title={controller.titles?.[at]} />
          ))}
        </div>
        <Legend controller={controller} />
      </div>
    </ViewFrame>
  );
}

function Toolbar({ controller }: { controller: MapController }) {
  const { state, store } = controller;
  return (
    <>
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
          disabled={!controller.zoomed}
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
    </>
  );
}

/** Which method made the map, if it is not the one that was asked for. */
function Method({ controller }: { controller: MapController }) {
  const wanted = controller.state.method.value;
  const [sheet] = controller.sheets.value;
  const projection = controller.data.projection(sheet.layout()).value;
  if (projection.status !== "ready") return null;
  const { method } = projection.value;
  return (
    <span title={method === wanted ? undefined : `${wanted} is not installed`} data-testid="nbc-method">
      {method.toUpperCase()}
    </span>
  );
}
