import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Cell } from "./cell.tsx";
import type { ConfusionController } from "./controller.ts";
import { geometryOf, inWindow, scrollTo } from "./geometry.ts";
import { Head } from "./head.tsx";
import type { Matrix } from "./matrix.ts";
import type { Place } from "./state.ts";

/** What a pointer on the grid is on; null for none. */
function placeOf(event: Event): Place | null {
  const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
  return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : null;
}

/**
 * The cells. Only those in the window that have items are on the page, so two hundred classes scroll as ten do; heads
 * stay where they are.
 */
export function Grid({ controller, matrix }: { controller: ConfusionController; matrix: Matrix }) {
  const box = useRef<HTMLDivElement>(null);
  const scrolled = useSignal({ left: 0, top: 0 });
  const room = useSignal({ width: 600, height: 400 });
  const { state } = controller;
  useEffect(() => {
    const element = box.current as HTMLElement;
    const measured = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width && height) room.value = { width, height };
    });
    measured.observe(element);
    return () => measured.disconnect();
  }, [room]);
  const { size } = matrix;
  const names = Array.from({ length: size }, (_, place) => controller.nameAt(place));
  const geometry = geometryOf(
    names,
    [state.label.value, state.prediction.value],
    state.cell.value,
    room.value.width,
    room.value.height,
  );
  controller.cell = geometry.cell;
  useSignalEffect(() => {
    const current = state.current.value;
    if (box.current) scrollTo(box.current, geometry, current);
  });
  const { cell, wide, left, top } = geometry;
  const [firstRow, endRow] = inWindow(scrolled.value.top, room.value.height, cell, size);
  const [firstColumn, endColumn] = inWindow(scrolled.value.left, room.value.width, wide, size);
  const { row: currentRow, column: currentColumn } = state.current.value;
  const rows = range(firstRow, endRow, currentRow);
  const columns = range(firstColumn, endColumn, currentColumn);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the frame, see keyboard.ts
    <div
      class="matrix"
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label={`Confusion matrix: rows ${state.label.value}, columns ${state.prediction.value}`}
      aria-rowcount={size + 1}
      aria-colcount={size + 1}
      aria-multiselectable="true"
      aria-activedescendant={`cell-${currentRow}-${currentColumn}`}
      data-testid="nbc-matrix"
      onScroll={({ currentTarget }) => {
        scrolled.value = { left: currentTarget.scrollLeft, top: currentTarget.scrollTop };
      }}
      onMouseDown={(event) => {
        if (!placeOf(event)) return;
        event.preventDefault(); // a cell takes no focus: it may be gone in a moment
        event.currentTarget.focus({ preventScroll: true });
      }}
      onPointerOver={(event) => {
        controller.pointed.value = placeOf(event);
      }}
      onPointerLeave={() => {
        controller.pointed.value = null;
      }}
      onClick={(event) => {
        const place = placeOf(event);
        if (!place) return;
        state.current.value = place;
        controller.act(place, event.ctrlKey || event.metaKey || event.shiftKey);
      }}
    >
      <div
        class="sheet"
        role="none"
        style={{ width: `${left + size * wide}px`, height: `${top + size * cell}px` }}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: the focus is the grid's, which says what is active */}
        <div class="heads" role="row" aria-rowindex={1} style={{ height: `${top}px` }}>
          {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
          <div class="corner" role="columnheader" aria-colindex={1} style={{ width: `${left}px` }}>
            <span class="below" title={`Rows: ${state.label.value}, what was given`}>
              {state.label.value} ↓
            </span>
            <span class="aside" title={`Columns: ${state.prediction.value}, what was predicted`}>
              {state.prediction.value} →
            </span>
          </div>
          {columns.map((column) => (
            <Head
              key={column}
              controller={controller}
              matrix={matrix}
              geometry={geometry}
              row={-1}
              column={column}
            />
          ))}
        </div>
        {rows.map((row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div
            key={row}
            class="line"
            role="row"
            aria-rowindex={row + 2}
            style={{ top: `${top + row * cell}px`, height: `${cell}px` }}
          >
            <Head controller={controller} matrix={matrix} geometry={geometry} row={row} column={-1} />
            {columns.map(
              (column) =>
                (matrix.counts[row * size + column] > 0 ||
                  (row === currentRow && column === currentColumn)) && (
                  <Cell
                    key={column}
                    controller={controller}
                    matrix={matrix}
                    geometry={geometry}
                    row={row}
                    column={column}
                  />
                ),
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** From the first to the end, and the one that the keyboard is on. */
function range(first: number, end: number, current: number): number[] {
  const places = Array.from({ length: Math.max(end - first, 0) }, (_, at) => first + at);
  return current >= 0 && (current < first || current >= end) ? [...places, current] : places;
}
