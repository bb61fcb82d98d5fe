import { nameOf } from "../lib/data/filter.ts";
import { FilterMenu } from "../lib/session/filter-menu.tsx";
import { MarkStatus, UndoButtons } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import { ColumnSelect } from "../lib/ui/column-select.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import { LOADING } from "../lib/wire/loadable.ts";
import { Bars } from "./bars.tsx";
import type { BalanceController } from "./controller.ts";
import { Histogram } from "./histogram.tsx";
import type { Scale } from "./state.ts";
import { Summary } from "./summary.tsx";

const KEYS: KeyList = [
  ["Click a bar", "filter by it, in every linked view"],
  ["Ctrl+click, or its +", "keep all of it, or none"],
  ["Drop pictures on a bar", "label them so: drag them from a grid"],
  ["Drag over bins", "filter to a range"],
  ["Tab, then arrows", "move a quota or an end of the range; with Shift in larger steps"],
  ["Esc", "take this column's filter away"],
];

const SCALES: [scale: Scale, title: string][] = [
  ["counts", "Counts"],
  ["shares", "Shares"],
];

/** The class balance's frame: what is counted, the measures, the bars. */
export function Shell({ controller }: { controller: BalanceController }) {
  const { store, filter } = controller;
  const tally = controller.tally.value;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Class balance"
      toolbar={<Toolbar controller={controller} />}
      status={
        <>
          <MarkStatus store={store} filter={filter} />
          <FilterChips filter={filter.filter.value} />
        </>
      }
    >
      {tally && (
        <div class="balance">
          <Summary controller={controller} />
          {tally.bins && !controller.hasQuotas ? (
            <Histogram controller={controller} />
          ) : (
            <Bars controller={controller} />
          )}
        </div>
      )}
      <MessageOver message={messageOf(controller)} />
    </ViewFrame>
  );
}

function Toolbar({ controller }: { controller: BalanceController }) {
  const { store, state } = controller;
  const tally = controller.tally.value;
  const classes = tally !== null && !tally.bins;
  return (
    <>
      <ColumnSelect
        label="By"
        columns={store.columns}
        value={state.by.value}
        testid="nbc-by"
        onChange={(name) => {
          state.quotas.value = {};
          state.by.value = name;
        }}
      />
      {classes && (
        <>
          <div class="segments" role="radiogroup" aria-label="Bars show">
            {SCALES.map(([scale, title]) => (
              <button
                key={scale}
                type="button"
                role="radio"
                aria-checked={state.scale.value === scale}
                data-testid={`nbc-${scale}`}
                onClick={() => {
                  state.scale.value = scale;
                }}
              >
                {title}
              </button>
            ))}
          </div>
          <Button
            icon="sort"
            title="Order by name or by count"
            testid="nbc-order"
            onClick={() => {
              state.order.value = state.order.peek() === "name" ? "count" : "name";
            }}
          >
            {state.order.value === "name" ? "By name" : "By count"}
          </Button>
        </>
      )}
      {tally && tally.column.kind !== "date" && (
        <Button
          icon="quota"
          title={`Set how much of a balanced subset each ${classes ? "class" : "bin"} is to have`}
          testid="nbc-quotas"
          pressed={controller.hasQuotas}
          onClick={() => (controller.hasQuotas ? controller.dropQuotas() : controller.startQuotas())}
        >
          Quotas
        </Button>
      )}
      <FilterMenu filter={controller.filter} columns={store.columns} />
      <UndoButtons store={store} />
    </>
  );
}

/** What stands in the bars' place while there is nothing to count. */
function messageOf({ store, state, filter, tally }: BalanceController): Message | null {
  if (tally.value) return null;
  const by = state.by.value;
  const column = by === null ? LOADING : filter.data.column(by).value;
  const waiting = waitingMessage([store.dataset.value, filter.data.items.value, column]);
  const chosen = by !== null || waiting?.kind === "failed";
  return chosen ? waiting : { kind: "empty", title: "Choose what to count" };
}

function commandsOf({ state, filter }: BalanceController): Commands {
  return {
    Escape: () => {
      const by = state.by.peek();
      if (by !== null) filter.filter.peek().set(nameOf(by), null);
    },
  };
}
