import { FilterMenu } from "../lib/session/filter-menu.tsx";
import { LabelMenu } from "../lib/session/label-menu.tsx";
import { UndoButtons } from "../lib/session/mark-status.tsx";
import { Button } from "../lib/ui/button.tsx";
import { ArrangeMenu } from "./arrange-menu.tsx";
import type { GridController } from "./controller.ts";
import type { MarkFilter } from "./listing.ts";
import { showSimilarToSelection } from "./searching.ts";
import { WordsField } from "./words-field.tsx";

const FILTERS: [MarkFilter, string][] = [
  ["all", "All"],
  ["kept", "Kept"],
  ["rejected", "Rejected"],
  ["unmarked", "Unmarked"],
];

export function Toolbar({ controller }: { controller: GridController }) {
  const { state, store } = controller;
  const k = state.k.value;
  const { keptCount } = store.selection.marks.value;
  const focused = state.focusKey.value !== null;
  return (
    <>
      <div class="group">
        <Button
          icon="back"
          title="Back (alt+Left)"
          testid="nbc-back"
          disabled={!state.canGoBack}
          onClick={() => state.step(-1)}
        />
        <Button
          icon="forward"
          title="Forward (alt+Right)"
          testid="nbc-forward"
          disabled={!state.canGoForward}
          onClick={() => state.step(1)}
        />
      </div>
      <Filters controller={controller} />
      <WordsField controller={controller} />
      <ArrangeMenu controller={controller} />
      <div class="group">
        <Button
          icon="similar"
          title={
            keptCount
              ? "Show what is similar to the kept and unlike the rejected"
              : "Show what is similar (shift+N)"
          }
          testid="nbc-similar"
          class="similar"
          onClick={() => showSimilarToSelection(controller)}
        >
          Similar
        </Button>
        <Button
          icon="expand"
          title={`Keep the ${k} nearest to what is kept (N)`}
          testid="nbc-expand"
          onClick={() => controller.expand()}
        >
          Expand by {k}
        </Button>
      </div>
      <div class="group">
        <Button
          icon="check"
          title="Keep (K)"
          testid="nbc-keep"
          disabled={!focused}
          onClick={() => controller.mark("keep")}
        />
        <Button
          icon="reject"
          title="Reject (X)"
          testid="nbc-reject"
          disabled={!focused}
          onClick={() => controller.mark("reject")}
        />
        <Button
          icon="clear"
          title="Keep none (Esc)"
          testid="nbc-clear"
          disabled={!keptCount}
          onClick={() => controller.clear()}
        />
      </div>
      <LabelMenu labelling={controller.labelling} />
      <UndoButtons store={store} />
    </>
  );
}

/** Which items are listed: by mark and by property. Neighbours are shown as they are, so there it rests. */
function Filters({ controller }: { controller: GridController }) {
  const { state, store } = controller;
  const resting = controller.showsNeighbours.value;
  return (
    <div
      class="group"
      aria-disabled={resting || undefined}
      title={resting ? "Close the neighbours to filter" : undefined}
    >
      <div class="segments" role="radiogroup" aria-label="Show" data-testid="nbc-filter">
        {FILTERS.map(([filter, name]) => (
          <button
            key={filter}
            type="button"
            role="radio"
            aria-checked={state.markFilter.value === filter}
            data-filter={filter}
            disabled={resting}
            onClick={() => {
              state.markFilter.value = filter;
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <FilterMenu filter={controller.filter} columns={store.columns} disabled={resting} />
    </div>
  );
}
