import type { ColumnInfo, ColumnKind } from "../wire/protocol.ts";

interface ColumnSelectProps {
  /** What it sets, for screen readers and the tooltip. */
  label: string;
  columns: ColumnInfo[];
  value: string | null;
  onChange: (name: string | null) => void;
  /** Which kinds may be chosen; all by default. */
  kinds?: ColumnKind[];
  /** Text of the choice that stands for no column; without it there is none. */
  none?: string;
  /** Choices that are no columns: value and text. */
  extra?: [value: string, text: string][];
  testid?: string;
  disabled?: boolean;
}

/** A menu of the data set's columns. */
export function ColumnSelect(props: ColumnSelectProps) {
  const { label, columns, value, onChange, kinds, none, extra = [], testid, disabled } = props;
  const shown = columns.filter(({ kind }) => !kinds || kinds.includes(kind));
  return (
    <label class="field" title={label}>
      <span>{label}</span>
      <select
        value={value ?? ""}
        data-testid={testid}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.value || null)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {extra.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
        {shown.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
