import type { Signal } from "@preact/signals";
import { MarkStatus } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import { ColumnSelect } from "../lib/ui/column-select.tsx";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { commandsOf, KEYS as POINT_KEYS } from "../map/keyboard.ts";
import { Legend } from "../map/legend.tsx";
import { Stage } from "../map/stage.tsx";
import { Toolbar } from "../map/toolbar.tsx";
import { AxisAcross, AxisUp, GridLines, marksOf } from "./axes.tsx";
import type { ScatterController } from "./controller.ts";

const KEYS: KeyList = [...POINT_KEYS, ["Shift+X / Shift+Y", "logarithms along an axis, or values"]];

/** The scatter's frame: the tools, and the points between their axes. */
export function Shell({ controller }: { controller: ScatterController }) {
  const { store, filter, state } = controller;
  const [sheet] = controller.sheets.value;
  const marks = marksOf(controller, sheet);
  const turn = (log: Signal<boolean>) => () => {
    log.value = !log.peek();
  };
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={{ ...commandsOf(controller), "shift+x": turn(state.logX), "shift+y": turn(state.logY) }}
      label="Scatter"
      toolbar={
        <Toolbar controller={controller}>
          <AxisChoice controller={controller} axis="x" column={state.x} log={state.logX} />
          <AxisChoice controller={controller} axis="y" column={state.y} log={state.logY} />
        </Toolbar>
      }
      status={
        <>
          <MarkStatus store={store} filter={filter} />
          <Missing controller={controller} />
          <FilterChips filter={filter.filter.value} />
        </>
      }
    >
      <div class="map">
        <div class="plane">
          <AxisUp title={controller.titleOf(state.y.value)} marks={marks.up} />
          <Stage sheet={sheet}>
            <GridLines marks={marks} />
          </Stage>
          <AxisAcross title={controller.titleOf(state.x.value)} marks={marks.across} />
        </div>
        <Legend controller={controller} />
      </div>
    </ViewFrame>
  );
}

interface AxisChoiceProps {
  controller: ScatterController;
  axis: "x" | "y";
  column: Signal<string>;
  log: Signal<boolean>;
}

/** Which column an axis is of, and whether it goes by logarithms. */
function AxisChoice({ controller, axis, column, log }: AxisChoiceProps) {
  return (
    <div class="group">
      <ColumnSelect
        label={axis}
        columns={controller.store.columns}
        kinds={["number", "date"]}
        value={column.value}
        testid={`nbc-${axis}`}
        onChange={(name) => {
          if (name) column.value = name;
        }}
      />
      <Button
        title={`Logarithms along ${axis} (shift+${axis.toUpperCase()})`}
        testid={`nbc-log-${axis}`}
        pressed={log.value}
        onClick={() => {
          log.value = !log.peek();
        }}
      >
        log
      </Button>
    </div>
  );
}

/** How many items have no place here. */
function Missing({ controller: { plane } }: { controller: ScatterController }) {
  const shown = plane.value;
  if (shown.status !== "ready" || !shown.value.missing) return null;
  return (
    <span
      title="They lack a value, or have none that has a logarithm"
      data-testid="nbc-missing"
    >{`${shown.value.missing.toLocaleString("en")} have no place`}</span>
  );
}
