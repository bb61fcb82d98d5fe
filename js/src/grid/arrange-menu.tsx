import { Button } from "../lib/ui/button.tsx";
import { ColumnSelect } from "../lib/ui/column-select.tsx";
import { Popover } from "../lib/ui/popover.tsx";
import type { GridController } from "./controller.ts";

/** How the items are sorted and grouped, and what stands under each. */
export function ArrangeMenu({ controller }: { controller: GridController }) {
  const { state, store } = controller;
  const { sortBy, descending, groupBy, caption } = state;
  const set = [sortBy, groupBy].some(({ value }) => value !== "");
  return (
    <Popover
      icon="sort"
      title="Sort, group, and what stands under each"
      text="Arrange"
      testid="nbc-arrange"
      marked={set}
    >
      <div class="menu-line">
        <ColumnSelect
          label="Sort by"
          columns={store.columns}
          value={sortBy.value}
          none={controller.showsNeighbours.value ? "similarity" : "as they came"}
          testid="nbc-sort"
          onChange={(name) => {
            sortBy.value = name ?? "";
          }}
        />
        <Button
          icon={descending.value ? "down" : "up"}
          title={descending.value ? "Largest first" : "Smallest first"}
          testid="nbc-descending"
          disabled={!sortBy.value}
          onClick={() => {
            descending.value = !descending.peek();
          }}
        />
      </div>
      <ColumnSelect
        label="Group by"
        columns={store.columns}
        kinds={["category", "list"]}
        value={groupBy.value}
        none="nothing"
        testid="nbc-group"
        onChange={(name) => {
          state.collapsed.value = new Set();
          groupBy.value = name ?? "";
        }}
      />
      {groupBy.value && (
        <div class="menu-line">
          <button type="button" class="link" onClick={() => controller.collapseAll()}>
            Close all groups
          </button>
          <button
            type="button"
            class="link"
            onClick={() => {
              state.collapsed.value = new Set();
            }}
          >
            Open all
          </button>
        </div>
      )}
      <ColumnSelect
        label="Under each"
        columns={store.columns}
        value={caption.value}
        none="label"
        testid="nbc-caption"
        onChange={(name) => {
          caption.value = name ?? "";
        }}
      />
    </Popover>
  );
}
