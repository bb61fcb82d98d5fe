import type { CellProps } from "./cell.tsx";
import { headWords } from "./words.ts";

/** Names are written on heads that are no lower. */
const SMALLEST_NAMED = 11;

/** The name of a row or of a column. A click takes all that is in it. */
export function Head({ controller, matrix, geometry, row, column }: CellProps) {
  const { state, pointed } = controller;
  const ofRow = column < 0;
  const at = ofRow ? row : column;
  const name = controller.nameAt(at);
  const words = headWords(controller, matrix, { row, column });
  const current = state.current.value;
  const on = pointed.value;
  const place = ofRow
    ? { width: `${geometry.left}px`, height: `${geometry.cell}px` }
    : {
        left: `${geometry.left + at * geometry.wide}px`,
        width: `${geometry.wide}px`,
        height: `${geometry.top}px`,
      };
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a head of a row or a column has a place in both
    <div
      id={`cell-${row}-${column}`}
      class={`name ${ofRow ? "of-row" : geometry.upright ? "upright" : "flat"}`}
      role={ofRow ? "rowheader" : "columnheader"}
      aria-colindex={column + 2}
      aria-label={words}
      title={words}
      data-row={row}
      data-column={column}
      data-pointed={(on && (ofRow ? on.row === row : on.column === column)) || undefined}
      data-filtered={controller.isFiltered({ row, column }) || undefined}
      data-current={(current.row === row && current.column === column) || undefined}
      data-value={name}
      style={place}
    >
      {(ofRow ? geometry.cell : geometry.wide) >= SMALLEST_NAMED && <span>{name}</span>}
    </div>
  );
}
