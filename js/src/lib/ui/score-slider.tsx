import type { DrawnFilter } from "../data/drawn-filter.ts";

/** From which score on predictions are drawn and counted, in all views of them. */
export function ScoreSlider({ filter, name }: { filter: DrawnFilter; name: string }) {
  const { score } = filter.of(name);
  return (
    <label class="field score-slider" title="The lowest score of predictions that are drawn and counted">
      <span>Score ≥</span>
      <input
        type="range"
        aria-label="Lowest score"
        aria-valuetext={`from ${score.toFixed(2)} on`}
        data-testid="nbc-score"
        min={0}
        max={1}
        step={0.01}
        value={score}
        onInput={({ currentTarget }) => filter.choose(name, { score: currentTarget.valueAsNumber })}
      />
      <output>{score.toFixed(2)}</output>
    </label>
  );
}
