import type { Signal } from "@preact/signals";
import { holdsClasses } from "../lib/data/columns.ts";
import { FilterMenu } from "../lib/session/filter-menu.tsx";
import { MarkStatus, UndoButtons } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import { ScoreSlider } from "../lib/ui/score-slider.tsx";
import type { ConfusionController } from "./controller.ts";
import { zoomed } from "./geometry.ts";
import { Grid } from "./grid.tsx";
import { commandsOf, KEYS } from "./keyboard.ts";
import { LargestErrors } from "./largest.tsx";
import type { Matrix, Order, Shares } from "./matrix.ts";
import type { Action } from "./state.ts";
import { cellWords, headWords, summary } from "./words.ts";

const SHARES: [shares: Shares, title: string, what: string][] = [
  ["none", "Counts", "How many items"],
  ["given", "% of row", "Percent of the items of the given class"],
  ["predicted", "% of column", "Percent of the items of the predicted class"],
];

const ACTIONS: [action: Action, title: string, what: string][] = [
  ["select", "Click keeps", "A click keeps exactly the items of the cell"],
  ["filter", "filters", "A click filters the linked views to the items of the cell"],
];

const ORDERS: [order: Order, title: string][] = [
  ["similar", "similar together"],
  ["size", "largest first"],
  ["name", "by name"],
];

/** The confusion matrix's frame: what the cells show, the cells, and the largest errors beside them. */
export function Shell({ controller }: { controller: ConfusionController }) {
  const { store, filter } = controller;
  const matrix = controller.matrix.value;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Confusion matrix"
      toolbar={<Toolbar controller={controller} />}
      status={
        <>
          <MarkStatus store={store} filter={filter} />
          {controller.state.evaluated.value && (
            <ScoreSlider filter={store.objects.filter} name={controller.state.evaluated.value} />
          )}
          <FilterChips filter={filter.filter.value} />
        </>
      }
    >
      {matrix && matrix.size > 0 && (
        <div class="confusion">
          <Summary controller={controller} matrix={matrix} />
          <div class="beside">
            <Grid controller={controller} matrix={matrix} />
            <LargestErrors controller={controller} matrix={matrix} />
          </div>
        </div>
      )}
      <MessageOver message={messageOf(controller)} />
    </ViewFrame>
  );
}

/** How much is right; of the cell under the pointer, what it is. */
function Summary({ controller, matrix }: { controller: ConfusionController; matrix: Matrix }) {
  const shown = controller.shown.value;
  const place = controller.pointed.value;
  const left = shown && shown.total > matrix.size;
  return (
    <div class="summary">
      <span data-testid="nbc-summary">
        <b>{summary(matrix)}</b>
        {left && (
          <span title="The others have fewer errors; their items are in the sums of rows and columns">
            {` · the ${matrix.size} most confused of ${shown.total.toLocaleString("en")} classes`}
          </span>
        )}
      </span>
      <span class="pointed" data-testid="nbc-pointed">
        {place && (place.row < 0 || place.column < 0 ? headWords : cellWords)(controller, matrix, place)}
      </span>
    </div>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  choices: [value: T, title: string, what: string][];
  value: Signal<T>;
}

function Segments<T extends string>({ label, choices, value }: SegmentsProps<T>) {
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {choices.map(([choice, title, what]) => (
        <button
          key={choice}
          type="button"
          role="radio"
          aria-checked={value.value === choice}
          title={what}
          data-testid={`nbc-${label.toLowerCase().replaceAll(" ", "-")}-${choice}`}
          onClick={() => {
            value.value = choice;
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function Toolbar({ controller }: { controller: ConfusionController }) {
  const { store, state } = controller;
  return (
    <>
      <Segments label="Cells" choices={SHARES} value={state.shares} />
      <Segments label="Click" choices={ACTIONS} value={state.action} />
      <label class="field" title="Order of the classes">
        <span>Order</span>
        <select
          value={state.order.value}
          data-testid="nbc-order"
          onChange={({ currentTarget }) => {
            state.order.value = currentTarget.value as Order;
          }}
        >
          {ORDERS.map(([order, title]) => (
            <option key={order} value={order}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <div class="group">
        <Button icon="plus" title="Larger cells (+)" onClick={() => zoom(controller, true)} />
        <Button icon="minus" title="Smaller cells (−)" onClick={() => zoom(controller, false)} />
        <Button
          icon="fit"
          title="Cells as they fit (0)"
          disabled={!state.cell.value}
          onClick={() => {
            state.cell.value = 0;
          }}
        />
      </div>
      <FilterMenu filter={controller.filter} columns={store.columns} />
      <UndoButtons store={store} />
    </>
  );
}

function zoom(controller: ConfusionController, closer: boolean): void {
  controller.state.cell.value = zoomed(controller.cell, closer);
}

/** What stands in the matrix's place while there is nothing to count. */
function messageOf({ store, state, filter, matrix, objects }: ConfusionController): Message | null {
  if (state.evaluated.value) {
    const waiting = waitingMessage([store.dataset.value, filter.data.items.value, objects.value]);
    return (
      waiting ?? (matrix.value?.size ? null : { kind: "empty", title: "Nothing is labelled or predicted" })
    );
  }
  const columns = [state.label.value, state.prediction.value].map((name) => filter.data.column(name).value);
  const waiting = waitingMessage([store.dataset.value, filter.data.items.value, ...columns]);
  if (waiting) return waiting;
  const odd = columns.find((column) => column.status === "ready" && !holdsClasses(column.value));
  if (odd?.status === "ready")
    return { kind: "failed", title: `The column ${odd.value.name} holds no classes` };
  const nothing = "No item has both a label and a prediction";
  return matrix.value?.size ? null : { kind: "empty", title: nothing };
}
