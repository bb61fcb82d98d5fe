import { Banner } from "../lib/banner.tsx";
import { Button } from "../lib/button.tsx";
import { FilterChips } from "../lib/chips.tsx";
import { ColumnSelect } from "../lib/column-select.tsx";
import { nameOf } from "../lib/filter.ts";
import { FilterMenu } from "../lib/filter-menu.tsx";
import { type KeyList, KeysHelp } from "../lib/keys-help.tsx";
import { MarkStatus, UndoButtons } from "../lib/mark-status.tsx";
import { Bars } from "./bars.tsx";
import type { BalanceController } from "./controller.ts";
import { Histogram } from "./histogram.tsx";
import type { Scale } from "./state.ts";
import { Summary } from "./summary.tsx";

const KEYS: KeyList = [
  ["Click a bar", "filter by it, in every linked view"],
  ["Ctrl+click, or its +", "keep all of it, or none"],
  ["Drag over bins", "filter to a range"],
  ["Tab, then arrows", "move a quota or an end of the range; with Shift in larger steps"],
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo the selection"],
  ["Esc", "take this column's filter away"],
];

const SCALES: [scale: Scale, title: string][] = [
  ["counts", "Counts"],
  ["shares", "Shares"],
];

/** The class balance's frame: what is counted, the measures, the bars. */
export function Shell({ controller }: { controller: BalanceController }) {
  const { store, state, filter } = controller;
  const total = filter.data.itemsNow.count;
  const tally = controller.tally.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of everything inside arrive here
    <div
      class={`shell ${store.connection.state.value === "gone" ? "cut-off" : ""}`}
      style={{ height: `${state.height.value}px` }}
      onKeyDown={(event) => handleKey(event, controller)}
    >
      <div class="base" inert={state.helping.value}>
        <Toolbar controller={controller} />
        <div class="window balance">
          {tally && <Summary controller={controller} />}
          {tally && (tally.bins ? <Histogram controller={controller} /> : <Bars controller={controller} />)}
          <Message controller={controller} />
        </div>
        <div class="status">
          <MarkStatus store={store} shown={filter.rows.mask.value?.count ?? total} total={total} />
          <FilterChips filter={filter.filter.value} />
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

function Toolbar({ controller }: { controller: BalanceController }) {
  const { store, state } = controller;
  const tally = controller.tally.value;
  const classes = tally !== null && !tally.bins;
  return (
    <div class="toolbar" role="toolbar" aria-label="Class balance">
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
          <Button
            icon="quota"
            title="Set how much of a balanced subset each class is to have"
            testid="nbc-quotas"
            pressed={controller.hasQuotas}
            onClick={() => (controller.hasQuotas ? controller.dropQuotas() : controller.startQuotas())}
          >
            Quotas
          </Button>
        </>
      )}
      <FilterMenu filter={controller.filter} columns={store.columns} />
      <UndoButtons store={store} />
    </div>
  );
}

function Message({ controller }: { controller: BalanceController }) {
  const { store, state, filter } = controller;
  if (controller.tally.value) return null;
  const column = state.by.value === null ? null : filter.data.column(state.by.value).value;
  const parts = [store.dataset.value, filter.data.items.value, column];
  const failed = parts.find((part) => part?.status === "failed");
  const kind = failed ? "failed" : column ? "loading" : "empty";
  const text = failed?.status === "failed" ? failed.reason : column ? "Loading…" : "Choose what to count";
  return (
    <div class={`message over ${kind}`} data-testid="nbc-message" data-kind={kind}>
      <p>{text}</p>
    </div>
  );
}

function handleKey(event: KeyboardEvent, controller: BalanceController): void {
  const { state, store } = controller;
  const control = event.ctrlKey || event.metaKey;
  if (!control && !event.altKey && event.key !== "Tab") event.stopPropagation();
  const target = event.composedPath()[0] as HTMLElement;
  if (event.key === "Escape") {
    if (state.helping.peek()) state.helping.value = false;
    else if (state.by.peek()) controller.filter.filter.peek().set(nameOf(state.by.peek() as string), null);
  } else if (target.matches("input, select")) {
    return;
  } else if (event.key === "?") {
    state.helping.value = true;
  } else if (control && event.key.toLowerCase() === "z") {
    event.preventDefault();
    void (event.shiftKey ? store.redo() : store.undo());
  }
}
