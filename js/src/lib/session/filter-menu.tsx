import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import {
  type ClassColumn,
  categoryName,
  extentOf,
  holdsClasses,
  isNamed,
  type NumberColumn,
} from "../data/columns.ts";
import { countCodes } from "../data/counts.ts";
import { nameOf } from "../data/filter.ts";
import { ColumnSelect } from "../ui/column-select.tsx";
import { Popover } from "../ui/popover.tsx";
import type { ColumnInfo } from "../wire/protocol.ts";
import type { ViewFilter } from "./view-filter.ts";

/** More lines than this nobody reads: the search field narrows them down. */
const MAX_LINES = 200;

interface FilterMenuProps {
  filter: ViewFilter;
  columns: ColumnInfo[];
  disabled?: boolean;
}

/** A button that opens a box in which to filter by any column. */
export function FilterMenu({ filter, columns, disabled }: FilterMenuProps) {
  const column = useSignal<string | null>(null);
  if (!columns.length) return null;
  const name = column.value ?? (columns.find(({ name }) => name === "label") ?? columns[0]).name;
  return (
    <Popover
      icon="filter"
      title="Filter by a property"
      text="Filter"
      testid="nbc-filter-menu"
      disabled={disabled}
    >
      <ColumnSelect
        label="By"
        columns={columns}
        value={name}
        testid="nbc-filter-column"
        onChange={(chosen) => {
          column.value = chosen;
        }}
      />
      <Choices key={name} filter={filter} name={name} />
    </Popover>
  );
}

function Choices({ filter, name }: { filter: ViewFilter; name: string }) {
  const column = filter.data.column(name).value;
  if (column.status === "loading") return <p class="quiet">Loading…</p>;
  if (column.status === "failed") return <p class="quiet">{column.reason}</p>;
  return holdsClasses(column.value) ? (
    <CategoryChoices filter={filter} column={column.value} />
  ) : (
    <RangeChoice filter={filter} column={column.value} />
  );
}

function CategoryChoices({ filter, column }: { filter: ViewFilter; column: ClassColumn }) {
  const search = useSignal("");
  const mask = filter.rows.without(nameOf(column.name)).value;
  const counts = useMemo(() => countCodes(column, mask), [column, mask]);
  const current = filter.filter.value;
  const chosen = current.chosen(column.name);
  const lines = useMemo(() => {
    const wanted = search.value.toLowerCase();
    return Array.from(counts, (count, at) => ({ name: categoryName(column, at - 2), count, code: at - 2 }))
      .filter(
        ({ name, count, code }) =>
          (isNamed(column, code) || count > 0) && name.toLowerCase().includes(wanted),
      )
      .sort((a, b) => b.count - a.count);
  }, [counts, column, search.value]);
  return (
    <>
      {column.categories.length > 8 && (
        <input
          type="search"
          placeholder={`Search ${column.categories.length.toLocaleString("en")} values`}
          aria-label="Search the values"
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
      )}
      <div class="choices" data-scrolls={lines.length}>
        {lines.slice(0, MAX_LINES).map(({ name, count, code }) => (
          <label key={code}>
            <input
              type="checkbox"
              checked={chosen?.has(name) ?? false}
              data-value={name}
              onChange={() => current.toggle(column.name, name)}
            />
            <span title={name}>{name}</span>
            <small>{count.toLocaleString("en")}</small>
          </label>
        ))}
        {lines.length > MAX_LINES && (
          <p class="quiet">{(lines.length - MAX_LINES).toLocaleString("en")} more: search for them</p>
        )}
      </div>
    </>
  );
}

function RangeChoice({ filter, column }: { filter: ViewFilter; column: NumberColumn }) {
  const extent = useMemo(() => extentOf(column.values), [column]);
  if (!extent) return <p class="quiet">No item has a value.</p>;
  const current = filter.filter.value;
  const [low, high] = current.range(column.name) ?? extent;
  const date = column.kind === "date";
  const set = (end: 0 | 1) => (event: Event) => {
    const { value, valueAsNumber } = event.currentTarget as HTMLInputElement;
    const number = value === "" ? extent[end] : valueAsNumber;
    if (Number.isNaN(number)) return;
    // A day is chosen whole.
    const range: [number, number] = end ? [low, date ? number + 86_399_999 : number] : [number, high];
    current.restrict(column.name, range, date);
  };
  const shown = (value: number) => (date ? new Date(value).toISOString().slice(0, 10) : String(value));
  return (
    <div class="range-choice">
      {([low, high] as const).map((value, end) => (
        <label key={end ? "to" : "from"}>
          <span>{end ? "to" : "from"}</span>
          <input
            type={date ? "date" : "number"}
            step="any"
            value={shown(value)}
            onChange={set(end as 0 | 1)}
          />
        </label>
      ))}
    </div>
  );
}
