import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LabelMenu } from "../lib/session/label-menu.tsx";
import { Button } from "../lib/ui/button.tsx";
import { Popover } from "../lib/ui/popover.tsx";
import type { CuratorController } from "./controller.ts";
import type { SliceOp, Slices } from "./slices.ts";

const OPERATIONS: [op: SliceOp, text: string, title: string][] = [
  ["load", "Load", "Make it the selection"],
  ["unite", "Add", "Keep these, too"],
  ["intersect", "Both", "Keep only what is in it and kept now"],
  ["subtract", "Minus", "Keep what is kept now and not in it"],
  ["drop", "Delete", "Forget the slice; its items stay as they are"],
];

/** The selection as a whole: saved, compared and combined as slices, and tagged. */
export function SelectionBar({ controller }: { controller: CuratorController }) {
  const kept = controller.store.selection.marks.value.keptCount;
  return (
    <div class="group" data-testid="nbc-selection-bar">
      <Popover icon="save" title="Save, load and combine selections" text="Slices" testid="nbc-slices">
        <SliceMenu slices={controller.slices} kept={kept} dataset={controller.store.dataset.value} />
      </Popover>
      <Popover icon="tag" title="Tag what is kept" text="Tags" testid="nbc-tags">
        <TagMenu slices={controller.slices} kept={kept} />
      </Popover>
      <LabelMenu labelling={controller.labelling} />
    </div>
  );
}

interface MenuProps {
  slices: Slices;
  kept: number;
}

function SliceMenu({ slices, kept, dataset }: MenuProps & { dataset: unknown }) {
  // What is shared with the selection changes with it; an undo brings a slice back, which the data set tells of.
  useEffect(() => void slices.load(), [slices, kept, dataset]);
  return (
    <>
      <NameField
        label={`Name for the ${kept.toLocaleString("en")} kept`}
        action="Save"
        testid="nbc-slice-name"
        onName={(name) => void slices.do("save", name)}
      />
      {slices.slices.value.length === 0 && <p class="quiet">No slices yet</p>}
      <ul class="slices" data-scrolls={slices.slices.value.length}>
        {slices.slices.value.map(({ name, kept: count, shared }) => (
          <li key={name} data-testid="nbc-slice" data-value={name}>
            <b title={name}>{name}</b>
            <small>
              {count.toLocaleString("en")} kept · {shared.toLocaleString("en")} also now ·{" "}
              {(count - shared).toLocaleString("en")} only there
            </small>
            <div class="group">
              {OPERATIONS.map(([op, text, title]) => (
                <button
                  key={op}
                  type="button"
                  class="small"
                  title={title}
                  aria-label={`${text} ${name}: ${title}`}
                  data-testid={`nbc-slice-${op}`}
                  onClick={() => void slices.do(op, name)}
                >
                  {text}
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function TagMenu({ slices, kept }: MenuProps) {
  useEffect(() => void slices.load(), [slices]);
  return (
    <>
      <NameField
        label={`Tag for the ${kept.toLocaleString("en")} kept`}
        action="Tag"
        testid="nbc-tag-name"
        onName={(name) => void slices.tag("add", name)}
      />
      {slices.tags.value.length === 0 && <p class="quiet">No tags yet</p>}
      <ul class="slices" data-scrolls={slices.tags.value.length}>
        {slices.tags.value.map(([name, count]) => (
          <li key={name} class="tag-line" data-testid="nbc-tag" data-value={name}>
            <b title={name}>{name}</b>
            <small>{count.toLocaleString("en")}</small>
            <Button
              icon="plus"
              title={`Tag the kept with ${name}`}
              onClick={() => void slices.tag("add", name)}
            />
            <Button
              icon="minus"
              title={`Take ${name} from the kept`}
              testid="nbc-untag"
              onClick={() => void slices.tag("remove", name)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

interface NameFieldProps {
  label: string;
  action: string;
  testid: string;
  onName: (name: string) => void;
}

function NameField({ label, action, testid, onName }: NameFieldProps) {
  const name = useSignal("");
  const give = () => {
    onName(name.peek());
    name.value = "";
  };
  return (
    <div class="name-field">
      <input
        type="text"
        value={name.value}
        maxLength={200}
        placeholder={label}
        aria-label={label}
        data-testid={testid}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") give();
        }}
      />
      <button type="button" class="small" onClick={give}>
        {action}
      </button>
    </div>
  );
}
