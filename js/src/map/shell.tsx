import { MarkStatus } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import type { MapController } from "./controller.ts";
import { commandsOf, KEYS } from "./keyboard.ts";
import { Legend } from "./legend.tsx";
import { Stage } from "./stage.tsx";
import { Toolbar } from "./toolbar.tsx";

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

/** Which method made the map, if it is not the one that was asked for. */
function Method({ controller }: { controller: MapController }) {
  const wanted = controller.state.method.value;
  const projection = controller.projection.value;
  if (projection.status !== "ready") return null;
  const { method } = projection.value;
  return (
    <span title={method === wanted ? undefined : `${wanted} is not installed`} data-testid="nbc-method">
      {method.toUpperCase()}
    </span>
  );
}
