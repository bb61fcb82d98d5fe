/** What cells and heads say, in numbers and in words. */
import type { ConfusionController } from "./controller.ts";
import type { Matrix, ObjectCounts, Shares } from "./matrix.ts";
import type { Place } from "./state.ts";

const number = (value: number) => value.toLocaleString("en");

export const percent = (share: number) =>
  `${(share * 100).toLocaleString("en", { maximumFractionDigits: share < 0.1 ? 1 : 0 })} %`;

/** What stands in a cell: items, or percent without the sign. */
export function cellText(value: number, shares: Shares): string {
  if (shares === "none") return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(value);
  const rounded = Math.round(value * 100);
  return rounded === 0 && value > 0 ? "<1" : String(rounded);
}

/** A cell, for a person: whose items, how many, and what share that is. */
export function cellWords(controller: ConfusionController, matrix: Matrix, { row, column }: Place): string {
  const at = row * matrix.size + column;
  const [count, kept] = [matrix.counts[at], matrix.kept[at]];
  const [given, predicted] = [controller.nameAt(row), controller.nameAt(column)];
  const what = row === column ? `${given}, predicted as such` : `${given}, predicted ${predicted}`;
  const share = matrix.rowTotals[row] ? `, ${percent(count / matrix.rowTotals[row])} of ${given}` : "";
  return `${what}: ${counted(count, matrix.objects !== null)}${count ? share : ""}${kept ? `, ${number(kept)} kept` : ""}`;
}

export function headWords(controller: ConfusionController, matrix: Matrix, { row, column }: Place): string {
  const place = column < 0 ? row : column;
  const right = matrix.counts[place * matrix.size + place];
  const total = (column < 0 ? matrix.rowTotals : matrix.columnTotals)[place];
  const rightly = total ? `, ${percent(right / total)} of them right` : "";
  return `${column < 0 ? "given" : "predicted"} ${controller.nameAt(place)}: ${number(total)}${rightly}`;
}

/** How much is right, of how many. */
export function summary({ items: known, wrong, unknown, objects }: Matrix): string {
  if (objects) return objectSummary(objects);
  const missing = unknown ? ` · ${number(unknown)} without a label or a prediction` : "";
  if (!known) return `no items${missing}`;
  const right = (100 * (1 - wrong / known)).toLocaleString("en", { maximumFractionDigits: 1 });
  return `${right} % of ${items(known)} right · ${number(wrong)} wrong${missing}`;
}

function objectSummary({ given, right, confused, missed, invented }: ObjectCounts): string {
  if (!given && !invented) return "no objects";
  const share = given
    ? `${(100 * (right / given)).toLocaleString("en", { maximumFractionDigits: 1 })} % of `
    : "";
  const found = `${share}${number(given)} ${given === 1 ? "object" : "objects"} found`;
  return `${found} · ${number(confused)} confused · ${number(missed)} missed · ${number(invented)} where nothing is`;
}

/** How many a cell has, of what it counts. */
function counted(count: number, ofObjects: boolean): string {
  return ofObjects ? `${number(count)} ${count === 1 ? "object" : "objects"}` : items(count);
}

export function items(count: number): string {
  return `${number(count)} ${count === 1 ? "item" : "items"}`;
}
