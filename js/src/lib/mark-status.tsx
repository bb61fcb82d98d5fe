import { Button } from "./button.tsx";
import type { SessionStore } from "./session-store.ts";

const number = (value: number) => value.toLocaleString("en");

/** How many items are kept, rejected and shown: a line that screen readers are told of. */
export function MarkStatus({ store, shown, total }: { store: SessionStore; shown: number; total: number }) {
  const marks = store.selection.marks.value;
  const connection = store.connection.state.value;
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
          {number(shown)} of {number(total)} shown
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

/** Undo and redo of the selection. */
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
