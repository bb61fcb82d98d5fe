import { Button } from "../ui/button.tsx";
import type { SessionStore } from "./session-store.ts";
import type { ViewFilter } from "./view-filter.ts";

const number = (value: number) => value.toLocaleString("en");

export const shownText = (shown: number, total: number) => `${number(shown)} of ${number(total)} shown`;

interface MarkStatusProps {
  store: SessionStore;
  filter: ViewFilter;
  /** What is on show, in words, where that is not just what passes the filter. */
  listed?: string;
}

/** How many items are kept, rejected and shown: a line that screen readers are told of. */
export function MarkStatus({ store, filter, listed }: MarkStatusProps) {
  const marks = store.selection.marks.value;
  const connection = store.connection.state.value;
  const total = filter.data.itemsNow.count;
  return (
    <>
      <div role="status" aria-live="polite" data-testid="nbc-status">
        <span class={marks.keptCount ? "some-kept" : undefined}>
          <b data-testid="nbc-count">{number(marks.keptCount)}</b> kept
        </span>
        {" · "}
        <span>{number(marks.rejectedCount)} rejected</span>
        {" · "}
        <span data-testid="nbc-shown">
          {listed ?? shownText(filter.rows.mask.value?.count ?? total, total)}
        </span>
      </div>
      {connection === "busy" && (
        <div class="busy" data-testid="nbc-busy">
          Kernel busy…
        </div>
      )}
    </>
  );
}

/** Undo and redo of what was done last. */
export function UndoButtons({ store }: { store: SessionStore }) {
  const { selection } = store;
  return (
    <div class="group end">
      <Button
        icon="undo"
        title="Undo (ctrl+Z)"
        testid="nbc-undo"
        disabled={!selection.canUndo.value}
        onClick={() => void store.undo()}
      />
      <Button
        icon="redo"
        title="Redo (ctrl+shift+Z)"
        testid="nbc-redo"
        disabled={!selection.canRedo.value}
        onClick={() => void store.redo()}
      />
    </div>
  );
}
