import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Choice, complete } from "../data/completion.ts";
import type { KeyList } from "../ui/keys-help.tsx";
import { Popover } from "../ui/popover.tsx";
import type { Labelling } from "./labelling.ts";

/** More lines than this nobody reads: typing narrows them down. */
const MOST_LINES = 100;

/** What the help says of it. */
export const LABEL_KEYS: KeyList = [["L, Shift+L", "label what is kept"]];

/** A button that opens a field: what is kept gets the label that is typed or chosen there. */
export function LabelMenu({ labelling }: { labelling: Labelling }) {
  const { columns } = labelling;
  if (!columns.length) return null;
  return (
    <Popover
      icon="pen"
      title="Label what is kept (L)"
      text="Label"
      testid="nbc-label-menu"
      open={labelling.open}
      disabled={!labelling.keptCount}
    >
      <LabelField labelling={labelling} />
    </Popover>
  );
}

function LabelField({ labelling }: { labelling: Labelling }) {
  const typed = useSignal("");
  const marked = useSignal<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const choices = useComputed(() => complete(labelling.classes, typed.value).slice(0, MOST_LINES));
  const kept = labelling.keptCount.toLocaleString("en");
  const { column } = labelling;
  // Nothing typed: nothing is meant yet, and Enter gives nothing by chance.
  const at = Math.min(marked.value ?? (typed.value.trim() ? 0 : -1), choices.value.length - 1);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: "nearest" }), [at]);
  const give = (choice: Choice | undefined) => {
    if (!choice) return;
    const section = field.current?.closest("section");
    void labelling.give(choice.name);
    section?.focus({ preventScroll: true });
  };
  return (
    <>
      {labelling.columns.length > 1 && (
        <label class="field">
          <span>In</span>
          <select
            value={column ?? ""}
            data-testid="nbc-label-column"
            onChange={({ currentTarget }) => labelling.choose(currentTarget.value)}
          >
            {labelling.columns.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <input
        type="text"
        class="label-name"
        ref={field}
        role="combobox"
        aria-expanded="true"
        aria-controls="nbc-label-choices"
        aria-activedescendant={at >= 0 ? `nbc-label-choice-${at}` : undefined}
        aria-label={`Label for the ${kept} kept`}
        placeholder={`Label for the ${kept} kept`}
        maxLength={200}
        autocomplete="off"
        value={typed.value}
        data-testid="nbc-label-name"
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
          marked.value = null;
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by) {
            event.preventDefault();
            marked.value = Math.min(Math.max(at + by, 0), choices.value.length - 1);
          } else if (event.key === "Enter") give(choices.value[at]);
        }}
      />
      <div
        class="choices label-choices"
        id="nbc-label-choices"
        role="listbox"
        aria-label="Classes"
        ref={list}
        data-scrolls={choices.value.length}
      >
        {choices.value.map((choice, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the arrows and Enter
          <div
            key={choice.name}
            id={`nbc-label-choice-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at}
            data-value={choice.name}
            onClick={() => give(choice)}
          >
            <span title={choice.name}>{choice.name}</span>
            <small>{choice.isNew ? "new class" : choice.count.toLocaleString("en")}</small>
          </div>
        ))}
      </div>
      {labelling.several && (
        <label class="whole-label">
          <input
            type="checkbox"
            checked={labelling.replaces.value}
            data-testid="nbc-label-replaces"
            onChange={({ currentTarget }) => {
              labelling.replaces.value = currentTarget.checked;
            }}
          />
          in the place of the labels they have
        </label>
      )}
    </>
  );
}
