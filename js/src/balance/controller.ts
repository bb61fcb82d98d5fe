import { batch, computed, type ReadonlySignal } from "@preact/signals";
import { type Column, categoryName, columnLength, holdsClasses, isNamed } from "../lib/data/columns.ts";
import { type Bins, binCodes, binsOf, edgesOf, intervalOf } from "../lib/data/counts.ts";
import { type Mask, nameOf } from "../lib/data/filter.ts";
import type { Marks } from "../lib/data/marks.ts";
import { giveLabel } from "../lib/session/labelling.ts";
import type { Dragged, SessionStore } from "../lib/session/session-store.ts";
import { ViewFilter } from "../lib/session/view-filter.ts";
import { Notices } from "../lib/ui/notices.tsx";
import { equalQuotas, withQuota } from "./measures.ts";
import type { BalanceState } from "./state.ts";

/** Bins of a histogram of numbers or dates, and of one whose bins have quotas: those are read one by one. */
const MAX_BINS = 48;
const QUOTA_BINS = 12;

/** A class, or a bin of numbers: how many items it has. */
export interface Class {
  /** What the rows' codes say. */
  code: number;
  name: string;
  total: number;
  /** Of those, how many the filters on other columns let pass. */
  filtered: number;
  /** Of all, how many are kept. */
  selected: number;
  /** Whether it is a class, and not what has none, or one too rare to have a name here. */
  named: boolean;
}

export interface Tally {
  column: Column;
  /** Code of each row, or where a row may have several those of the first row first. */
  codes: Int32Array;
  /** Where a row may have several: where those of each begin, and the end. */
  starts: Int32Array | null;
  classes: Class[];
  /** Edges of the classes of a numeric column; null for categories. */
  bins: Bins | null;
  /** Whether filters on other columns are set. */
  isFiltered: boolean;
  /** How many there are in all classes together: an item counts in each of its own. */
  totals: { total: number; filtered: number; selected: number };
  items: { total: number; filtered: number; selected: number };
}

/** Counts of the classes, and what a person can do with them. */
export class BalanceController {
  readonly filter: ViewFilter;
  readonly notices = new Notices();
  readonly tally: ReadonlySignal<Tally | null>;

  constructor(
    readonly store: SessionStore,
    view: number,
    readonly state: BalanceState,
  ) {
    this.filter = new ViewFilter(store, store.data(view), state.filterChoice);
    const coded = computed(() => {
      const name = state.by.value;
      const column = name === null ? null : this.filter.data.columnNow(name);
      return column && codesOf(column, this.hasQuotas ? QUOTA_BINS : MAX_BINS);
    });
    let before: Tally | null = null;
    this.tally = computed(() => {
      const name = state.by.value;
      if (name === null) return null;
      // While another column is on its way the old bars stay, unless there is none to come.
      if (!coded.value) {
        return this.filter.data.column(name).value.status === "loading" ? before : null;
      }
      const mask = this.filter.rows.without(nameOf(name)).value;
      before = tallyOf(coded.value, this.filter.data.itemsNow.keys, mask, store.selection.marks.value);
      return before;
    });
  }

  /** In the order that a person chose; bins stay in theirs. */
  get classes(): Class[] {
    const tally = this.tally.value;
    if (!tally) return [];
    if (tally.bins || this.state.order.value === "name") return tally.classes;
    return [...tally.classes].sort((a, b) => b.total - a.total);
  }

  get hasQuotas(): boolean {
    return Object.keys(this.state.quotas.value).length > 0;
  }

  isChosen({ name, code }: Class): boolean {
    const { tally } = this;
    const filter = this.filter.filter.value;
    if (!tally.value) return false;
    const { column, bins } = tally.value;
    if (!bins) return filter.chosen(column.name)?.has(name) ?? false;
    const range = filter.range(column.name);
    const [low, high] = edgesOf(bins, code);
    return range !== null && range[0] < high && range[1] > low;
  }

  /** Filters by a class, or takes that filter away. */
  toggleFilter(one: Class): void {
    const tally = this.tally.peek();
    if (!tally) return;
    if (!tally.bins) this.filter.filter.peek().toggle(tally.column.name, one.name);
    else this.restrict(this.isChosen(one) ? null : [one.code, one.code]);
  }

  /** Filters to the bins from one to another; null takes the filter away. */
  restrict(codes: [first: number, last: number] | null): void {
    const tally = this.tally.peek();
    if (!tally?.bins) return;
    const { bins, column } = tally;
    const last = codes ? edgesOf(bins, codes[1])[1] : 0;
    // A bin ends before its upper edge, but for the last one.
    const high = codes && codes[1] < bins.count - 1 ? last - bins.width * 1e-6 : last;
    const range = codes && ([edgesOf(bins, codes[0])[0], high] as [number, number]);
    this.filter.filter.peek().restrict(column.name, range, column.kind === "date");
  }

  /** Keeps the items of a class that the filters let pass; once all of them are kept, keeps them no more. */
  toggleSelect({ code }: Class): void {
    const tally = this.tally.peek();
    if (!tally) return;
    const { selection } = this.store;
    const { kept, rejected } = selection.marks.peek();
    const mask = this.filter.rows.without(nameOf(tally.column.name)).peek();
    const { keys } = this.filter.data.itemsNow;
    const mine = keys.filter(
      (key, row) => hasCode(tally, row, code) && (!mask || mask.rows[row]) && !rejected.has(key),
    );
    const all = mine.length > 0 && mine.every((key) => kept.has(key));
    selection.change(all ? "unmark" : "keep", mine);
  }

  // Labelling

  /** Whether what is being dragged can be given this class. */
  takes(one: Class): boolean {
    const dataset = this.store.dataset.peek();
    const tally = this.tally.peek();
    if (!this.store.dragged.peek() || dataset.status !== "ready" || !tally || !one.named) return false;
    return dataset.value.labels.includes(tally.column.name);
  }

  /** Gives what is being dragged this class; where items have several, beside those they have. */
  take(one: Class): void {
    const { dragged } = this.store;
    const tally = this.tally.peek();
    if (!dragged.peek() || !tally) return;
    const { keys } = dragged.peek() as Dragged;
    dragged.value = null;
    const op = tally.starts ? "add" : "set";
    void giveLabel(this, { column: tally.column.name, label: one.name, op, keys });
  }

  // Quotas

  startQuotas(): void {
    const tally = this.tally.peek();
    if (!tally || tally.column.kind === "date") return;
    const { keys } = this.filter.data.itemsNow;
    const { classes } = tally.bins
      ? tallyOf(codesOf(tally.column, QUOTA_BINS), keys, null, this.store.selection.marks.peek())
      : tally;
    const named = classes.filter(({ named, total }) => named && (total > 0 || !tally.bins));
    batch(() => {
      this.state.scale.value = "shares";
      this.state.quotas.value = equalQuotas(named.map(({ name }) => name));
    });
  }

  dropQuotas(): void {
    this.state.quotas.value = {};
  }

  setQuota(name: string, share: number): void {
    this.state.quotas.value = withQuota(this.state.quotas.peek(), name, share);
  }
}

function hasCode({ codes, starts }: Tally, row: number, code: number): boolean {
  if (!starts) return codes[row] === code;
  for (let at = starts[row]; at < starts[row + 1]; at++) if (codes[at] === code) return true;
  return false;
}

interface Coded {
  column: Column;
  codes: Int32Array;
  starts: Int32Array | null;
  bins: Bins | null;
  names: string[];
}

function codesOf(column: Column, most: number): Coded {
  if (holdsClasses(column)) {
    const starts = column.kind === "list" ? column.starts : null;
    return { column, codes: column.codes, starts, bins: null, names: column.categories };
  }
  const bins = binsOf(column, most);
  return {
    column,
    codes: bins ? binCodes(column, bins) : new Int32Array(column.values.length).fill(-1),
    starts: null,
    bins: bins ?? { low: 0, width: 1, count: 0 },
    names: Array.from({ length: bins?.count ?? 0 }, (_, bin) => intervalOf(bins as Bins, bin)),
  };
}

function tallyOf(
  { column, codes, starts, bins, names }: Coded,
  keys: Uint32Array,
  mask: Mask | null,
  marks: Marks,
): Tally {
  // From OTHER_CATEGORY (-2) on: what has no name is counted as well, and empty lists behind the last.
  const [total, filtered, selected] = [0, 1, 2].map(() => new Uint32Array(names.length + 3));
  const items = { total: columnLength(column), filtered: 0, selected: 0 };
  const anyKept = marks.keptCount > 0;
  for (let row = 0; row < items.total; row++) {
    const passes = mask ? mask.rows[row] : 1;
    const kept = anyKept && marks.kept.has(keys[row]) ? 1 : 0;
    items.filtered += passes;
    items.selected += kept;
    const end = starts ? starts[row + 1] : row + 1;
    for (let at = starts ? starts[row] : row; at < end; at++) {
      const code = codes[at] + 2;
      total[code]++;
      filtered[code] += passes;
      selected[code] += kept;
    }
  }
  const nameOfCode = (code: number) =>
    holdsClasses(column) ? categoryName(column, code) : (names[code] ?? "(none)");
  const classes = Array.from(total, (count, at) => ({
    code: at - 2,
    name: nameOfCode(at - 2),
    total: count,
    filtered: filtered[at],
    selected: selected[at],
    named: holdsClasses(column) ? isNamed(column, at - 2) : at - 2 in names,
  })).filter(({ code, named, total }) => (bins ? code >= 0 && code < bins.count : named || total > 0));
  const sum = (counts: Uint32Array) => counts.reduce((all, count) => all + count, 0);
  const totals = { total: sum(total), filtered: sum(filtered), selected: sum(selected) };
  return { column, codes, starts, classes, bins, totals, items, isFiltered: mask !== null };
}
