import { useSignal } from "@preact/signals";
import { EVERYTHING } from "../data/drawn-filter.ts";
import { Popover } from "../ui/popover.tsx";
import { ScoreSlider } from "../ui/score-slider.tsx";
import { colourOf } from "./drawn-boxes.tsx";
import type { DrawnFacts } from "./drawn-objects.ts";
import type { PictureSource } from "./picture-source.ts";

/** More lines than this nobody reads: the search field narrows them down. */
const MAX_LINES = 200;
/** So many classes are seen at a glance. */
const FEW = 8;

interface DrawnMenuProps {
  source: PictureSource;
  /** Name of the predictions that are drawn; null: labels alone. */
  predictions: string | null;
  /** Those that there are to be drawn. */
  kept: readonly string[];
  onPredictions: (name: string | null) => void;
}

/** A button that opens a box in which to choose what is drawn: which predictions, classes, scores and outcomes. */
export function DrawnMenu({ source, predictions, kept, onPredictions }: DrawnMenuProps) {
  const { filter } = source.objects;
  const { score, classes, outcomes } = filter.of(predictions);
  const facts = source.objects.facts(predictions);
  const names = predictions === null || kept.includes(predictions) ? kept : [...kept, predictions];
  const chosen = score > 0 || classes.length > 0 || outcomes.length > 0;
  return (
    <Popover
      icon="filter"
      title="What is drawn: predictions, classes, scores and outcomes"
      text="Drawn"
      testid="nbc-drawn-menu"
      marked={chosen}
      upward
    >
      {names.length > 0 && (
        <label class="field">
          <span>Predicted</span>
          <select
            value={predictions ?? ""}
            data-testid="nbc-drawn-predictions"
            onChange={({ currentTarget }) => onPredictions(currentTarget.value || null)}
          >
            <option value="">none</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {predictions !== null && <ScoreSlider filter={filter} name={predictions} />}
      {facts.outcomes && (
        <div class="choices" role="group" aria-label="Outcomes">
          {[...facts.outcomes].map(([outcome, count]) => (
            <label key={outcome}>
              <input
                type="checkbox"
                checked={outcomes.includes(outcome)}
                data-value={outcome}
                onChange={() => filter.toggle(predictions, "outcomes", outcome)}
              />
              <span>{outcome}</span>
              <small>{count.toLocaleString("en")}</small>
            </label>
          ))}
        </div>
      )}
      <Classes source={source} predictions={predictions} facts={facts} />
      <button
        type="button"
        class="link"
        disabled={!chosen}
        data-testid="nbc-draw-all"
        onClick={() => filter.choose(predictions, EVERYTHING)}
      >
        Draw everything
      </button>
    </Popover>
  );
}

interface ClassesProps {
  source: PictureSource;
  predictions: string | null;
  facts: DrawnFacts;
}

function Classes({ source, predictions, facts }: ClassesProps) {
  const search = useSignal("");
  const { filter } = source.objects;
  const chosen = filter.of(predictions).classes;
  const wanted = search.value.toLowerCase();
  const lines = facts.classes.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <>
      {facts.classes.length > FEW && (
        <input
          type="search"
          placeholder={`Search ${facts.classes.length.toLocaleString("en")} classes`}
          aria-label="Search the classes"
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
          }}
        />
      )}
      <div class="choices" role="group" aria-label="Classes" data-scrolls="">
        {lines.slice(0, MAX_LINES).map(({ name, labels, predicted }) => (
          <label
            key={name}
            title={`${name}: ${labels.toLocaleString("en")} labelled${predictions === null ? "" : `, ${predicted.toLocaleString("en")} predicted`}`}
          >
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              data-value={name}
              onChange={() => filter.toggle(predictions, "classes", name)}
            />
            <i class="swatch" style={{ background: colourOf(name, facts) }} />
            <span>{name || "(none)"}</span>
            <small>
              {labels.toLocaleString("en")}
              {predictions !== null && ` · ${predicted.toLocaleString("en")}`}
            </small>
          </label>
        ))}
        {lines.length > MAX_LINES && (
          <p class="quiet">{(lines.length - MAX_LINES).toLocaleString("en")} more: search for them</p>
        )}
      </div>
    </>
  );
}
