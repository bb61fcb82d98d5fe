/** One axis of a scatter: where values lie along it, and where it has marks. Pure arithmetic. */
import { dateText, extentOf, type NumberColumn, numberText } from "../lib/data/columns.ts";
import { roundStep } from "../lib/data/counts.ts";

/** How values go along an axis: from `low` at 0 to `high` at 1, by themselves or by their logarithm. */
export interface Axis {
  low: number;
  high: number;
  log: boolean;
  date: boolean;
}

/** A mark at a place along the axis, 0 to 1 and beyond. */
export interface Tick {
  at: number;
  text: string;
}

/** Above this many decades only powers of ten have marks. */
const FEW_DECADES = 2;

/** The axis of a column, of values that have a place on it; null where none has. */
export function axisOf(column: NumberColumn, log: boolean): Axis | null {
  const values = log ? column.values.filter((value) => value > 0) : column.values;
  const extent = extentOf(values);
  if (!extent) return null;
  const [low, high] = extent;
  const date = column.kind === "date";
  if (low < high) return { low, high, log, date };
  // A single value stands in the middle.
  return log
    ? { low: low / 2, high: low * 2, log, date }
    : { low: low - (Math.abs(low) || 1) / 2, high: low + (Math.abs(low) || 1) / 2, log, date };
}

/** Place of a value along the axis; not-a-number where it has none. */
export function placeOn({ low, high, log }: Axis, value: number): number {
  if (!log) return (value - low) / (high - low);
  return value > 0 ? Math.log(value / low) / Math.log(high / low) : Number.NaN;
}

export function valueAt({ low, high, log }: Axis, place: number): number {
  return log ? low * (high / low) ** place : low + place * (high - low);
}

/** Round values from one place to another, about `most` of them. */
export function ticksOf(axis: Axis, from: number, to: number, most: number): Tick[] {
  const [low, high] = [valueAt(axis, from), valueAt(axis, to)];
  const values = axis.log ? logTicks(low, high, most) : linearTicks(low, high, most);
  const step = values.length > 1 ? Math.abs(values[1] - values[0]) : 0;
  return values.map((value) => ({ at: placeOn(axis, value), text: tickText(axis, value, step) }));
}

function linearTicks(low: number, high: number, most: number): number[] {
  const step = roundStep((high - low) / Math.max(most, 1));
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.min(Math.floor(high / step + 1e-9) - first + 1, 100);
  return Array.from({ length: Math.max(count, 0) }, (_, at) => (first + at) * step);
}

function logTicks(low: number, high: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  if (Math.log10(high / low) < 0.7) return linearTicks(low, high, most);
  const digits = last - first <= FEW_DECADES + 1 ? [1, 2, 5] : [1];
  const every = Math.max(Math.ceil(((last - first) * digits.length) / Math.max(most, 1)), 1);
  const found: number[] = [];
  for (let power = first; power <= last; power++)
    for (const digit of digits) {
      const value = digit * 10 ** power;
      const shown = digits.length > 1 || (power - first) % every === 0;
      if (shown && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) found.push(value);
    }
  return found;
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });

/** As many decimals as tell a mark from the next. */
function tickText({ date, log }: Axis, value: number, step: number): string {
  if (date) return dateText(value);
  if (Math.abs(value) >= 10_000) return COMPACT.format(value);
  if (log || !step) return numberText(value);
  const decimals = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 8);
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
