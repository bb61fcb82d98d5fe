import type { ComponentChildren } from "preact";
import { FilterMenu } from "../lib/session/filter-menu.tsx";
import { LabelMenu } from "../lib/session/label-menu.tsx";
import { UndoButtons } from "../lib/session/mark-status.tsx";
import { Button } from "../lib/ui/button.tsx";
import { ColumnSelect } from "../lib/ui/column-select.tsx";
import type { IconName } from "../lib/ui/icons.tsx";
import { SELECTION } from "./points.ts";
import type { PointsController } from "./points-controller.ts";
import type { Tool } from "./state.ts";

const TOOLS: [tool: Tool, icon: IconName, title: string][] = [
  ["lasso", "lasso", "Lasso (L): shift adds, alt takes away"],
  ["box", "rectangle", "Rectangle (R): shift adds, alt takes away"],
  ["pan", "hand", "Move the map (H)"],
];

interface ToolbarProps {
  controller: PointsController;
  /** What only one kind of plot has. */
  children?: ComponentChildren;
}

/** What is done with points: how a drag selects them, how near they are, and how they are coloured. */
export function Toolbar({ controller, children }: ToolbarProps) {
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
      {children}
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
      <LabelMenu labelling={controller.labelling} />
      <UndoButtons store={store} />
    </>
  );
}
