import { useRef } from "preact/hooks";
import type { CurvesController } from "./controller.ts";
import { goodnessAt, STEPS, stepped } from "./curves.ts";
import { lineThrough, Plot, type PlotScale } from "./plot.tsx";
import { goodnessWords } from "./words.ts";

const LINES = ["precision", "recall", "f1"] as const;
const NAMES = { precision: "precision", recall: "recall", f1: "F1" };

/** Precision, recall and F1 of the class that is looked at, over the score; the line at the score can be dragged. */
export function ScorePlot({ controller }: { controller: CurvesController }) {
  const focused = controller.focused.value;
  return (
    <div class="by-score">
      <div class="plot-legend" aria-hidden="true">
        {LINES.map((line) => (
          <span key={line}>
            <i class={line} />
            {NAMES[line]}
          </span>
        ))}
      </div>
      <Plot
        across={focused?.name ? `score of ${focused.name}` : "score"}
        up="share"
        testid="nbc-score-plot"
        onClick={([score]) => controller.setScore(stepped(score))}
        draw={(scale) =>
          focused &&
          LINES.map((line) => {
            const values = Array.from(
              { length: STEPS + 1 },
              (_, step) => goodnessAt(focused, step / STEPS)[line],
            );
            const end = values.indexOf(null);
            const count = end < 0 ? values.length : end; // above the highest score there is nothing to tell
            const path = lineThrough(count, (step) => [scale.x(step / STEPS), scale.y(values[step] ?? 0)]);
            return <path key={line} class={`curve focused ${line}`} d={path} />;
          })
        }
        over={(scale) => <Threshold controller={controller} scale={scale} />}
      />
    </div>
  );
}

/** How far arrow keys and page keys move the score, in steps. */
const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -STEPS,
  End: STEPS,
};

/** The line at the chosen score: a slider, for the pointer and for the keys. */
function Threshold({ controller, scale }: { controller: CurvesController; scale: PlotScale }) {
  const handle = useRef<HTMLDivElement>(null);
  const { score } = controller;
  const focused = controller.focused.value;
  const words = focused ? goodnessWords(score, goodnessAt(focused, score)) : `score ${score.toFixed(2)}`;
  return (
    <div
      class="threshold"
      ref={handle}
      role="slider"
      tabIndex={0}
      aria-label="Lowest score"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={Number(score.toFixed(2))}
      aria-valuetext={words}
      data-testid="nbc-threshold"
      style={{ left: `${scale.x(score)}px`, top: `${scale.y(1)}px`, height: `${scale.height}px` }}
      onClick={(event) => event.stopPropagation()} // letting go of it is no click into the plot
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        const { currentTarget: line } = event;
        if (!line.hasPointerCapture(event.pointerId)) return;
        const box = (line.parentElement as HTMLElement).getBoundingClientRect();
        controller.setScore(stepped((event.clientX - box.left - scale.x(0)) / scale.width));
      }}
      onKeyDown={(event) => {
        const steps = KEYS[event.key];
        if (!steps || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        controller.setScore(stepped(score + steps / STEPS));
      }}
    >
      <output>{score.toFixed(2)}</output>
    </div>
  );
}
