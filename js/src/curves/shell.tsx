import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import type { CurvesController } from "./controller.ts";
import { goodnessAt } from "./curves.ts";
import { Legend } from "./legend.tsx";
import { RecallPlot } from "./recall-plot.tsx";
import { ScorePlot } from "./score-plot.tsx";
import { nameOf, shareText } from "./words.ts";

const KEYS: KeyList = [
  ["Drag the line", "the score from which on predictions are drawn and counted, in all views of them"],
  ["Click a curve", "the score of the point"],
  ["Arrows, Page, Home, End on the line", "by a hundredth, by ten, to the ends"],
  ["[ / ]", "the class before / after"],
  ["B", "the score where precision and recall are best together"],
  ["Esc", "all classes together"],
];

/** The frame of precision and recall: the curves, what a score makes of them, and the classes. */
export function Shell({ controller }: { controller: CurvesController }) {
  const { state, store } = controller;
  const focused = controller.focused.value;
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller)}
      label="Precision and recall"
      toolbar={
        <>
          <b class="plot-title" title={state.predictions.value}>
            {state.predictions.value}
          </b>
          {focused && <Readout controller={controller} />}
          <Button
            title="The score where F1, of precision and recall, is highest (B)"
            testid="nbc-best"
            onClick={() => controller.setBest()}
          >
            Best F1
          </Button>
          <Button
            icon="clear"
            title="Count all predictions, of any score"
            testid="nbc-any-score"
            disabled={controller.score === 0}
            onClick={() => controller.setScore(0)}
          />
        </>
      }
      status={
        <span class="quiet">
          The score holds in all views of these predictions
          {focused && focused.name !== null && ` · looked at: ${focused.name}`}
        </span>
      }
    >
      <div class="curves">
        <RecallPlot controller={controller} />
        <ScorePlot controller={controller} />
        <Legend controller={controller} />
      </div>
      <MessageOver message={messageOf(controller, store.dataset.value)} />
    </ViewFrame>
  );
}

/** How good what counts is. */
function Readout({ controller }: { controller: CurvesController }) {
  const { score, focused } = controller;
  const curve = focused.value;
  if (!curve) return null;
  const { precision, recall, f1 } = goodnessAt(curve, score);
  return (
    <div class="readout" data-testid="nbc-readout" role="status">
      <span>
        score ≥ <b>{score.toFixed(2)}</b>
      </span>
      <span>
        precision <b>{shareText(precision)}</b>
      </span>
      <span>
        recall <b>{shareText(recall)}</b>
      </span>
      <span>
        F1 <b>{shareText(f1)}</b>
      </span>
      <span class="quiet">of {nameOf(curve)}</span>
    </div>
  );
}

function commandsOf(controller: CurvesController): Commands {
  return {
    "[": () => controller.step(-1),
    "]": () => controller.step(1),
    b: () => controller.setBest(),
    Escape: () => {
      controller.state.of.value = "";
    },
  };
}

/** What stands in the curves' place while there is nothing to show. */
function messageOf(
  controller: CurvesController,
  dataset: CurvesController["store"]["dataset"]["value"],
): Message | null {
  const curves = controller.curves.value;
  const waiting = waitingMessage([dataset, curves], { failed: "No curves to show" });
  if (waiting) return waiting;
  return curves.status === "ready" && curves.value.length
    ? null
    : { kind: "empty", title: "Nothing was predicted, and nothing labelled" };
}
