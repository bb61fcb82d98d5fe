import type { ConfusionController } from "./controller.ts";
import type { Geometry } from "./geometry.ts";
import { cellValue, type Matrix } from "./matrix.ts";
import { cellText, cellWords } from "./words.ts";

export interface CellProps {
  controller: ConfusionController;
  matrix: Matrix;
  geometry: Geometry;
  row: number;
  column: number;
}

/** The strongest colour of an error, percent: text is still read on it. */
const STRONGEST = 62;
const FAINTEST = 10;
const WIDTH_OF_DIGIT = 7.5;

/** The items of one class that are taken for another: the more, the stronger. */
export function Cell({ controller, matrix, geometry, row, column }: CellProps) {
  const { state } = controller;
  const place = { row, column };
  const at = row * matrix.size + column;
  const [count, kept] = [matrix.counts[at], matrix.kept[at]];
  const shares = state.shares.value;
  const value = cellValue(matrix, row, column, shares);
  const text = cellText(value, shares);
  const { row: currentRow, column: currentColumn } = state.current.value;
  const right = row === column;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus is the grid's, which says what is active
    <div
      id={`cell-${row}-${column}`}
      class={`cell ${right ? "right" : "wrong"} ${count ? "" : "none"}`}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={count > 0 && kept === count}
      aria-label={cellWords(controller, matrix, place)}
      data-row={row}
      data-column={column}
      data-given={controller.nameAt(row)}
      data-predicted={controller.nameAt(column)}
      data-kept={kept ? (kept === count ? "all" : "some") : undefined}
      data-filtered={controller.isFiltered(place) || undefined}
      data-current={(row === currentRow && column === currentColumn) || undefined}
      style={{
        left: `${geometry.left + column * geometry.wide}px`,
        width: `${geometry.wide}px`,
        "--strength": right ? undefined : `${strengthOf(matrix, value, shares !== "none")}%`,
      }}
    >
      {count > 0 && text.length * WIDTH_OF_DIGIT <= geometry.wide - 2 && geometry.cell >= 16 ? text : ""}
    </div>
  );
}

/** Few errors are seen, and many are told from very many: by the root. Shares go from none to all. */
function strengthOf(matrix: Matrix, value: number, share: boolean): number {
  const most = share ? 1 : matrix.mostErrors;
  return value ? FAINTEST + (STRONGEST - FAINTEST) * Math.sqrt(value / (most || 1)) : 0;
}
