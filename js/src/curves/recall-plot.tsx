import { colourOf } from "../lib/pictures/drawn-boxes.tsx";
import type { CurvesController } from "./controller.ts";
import { type Curve, goodnessAt, nearestPoint } from "./curves.ts";
import { lineThrough, Plot, type PlotScale } from "./plot.tsx";
import { nameOf } from "./words.ts";

/** How near the pointer must be to a curve, px. */
const REACH = 14;

/** Precision over recall, a curve a class and one of all; a click takes the score of the point. */
export function RecallPlot({ controller }: { controller: CurvesController }) {
  const { pointed } = controller;
  const facts = controller.store.objects.facts(controller.state.predictions.value);
  const colour = (curve: Curve) => (curve.name === null ? "var(--nbc-text)" : colourOf(curve.name, facts));
  const focused = controller.focused.value;
  const point = ([recall, precision]: readonly [number, number], scale: PlotScale) => {
    const reach = { recall: REACH / scale.width, precision: REACH / scale.height };
    return nearestPoint([...controller.drawn.peek()].reverse(), recall, precision, reach);
  };
  const on = pointed.value;
  return (
    <Plot
      across="recall"
      up="precision"
      testid="nbc-recall-plot"
      onPoint={(place, scale) => {
        pointed.value = place && point(place, scale);
      }}
      onClick={(place, scale) => {
        const found = point(place, scale);
        if (found) controller.setScore(found.curve.scores[found.at]);
      }}
      draw={(scale) => (
        <>
          {controller.drawn.value.map((curve) => (
            <path
              key={curve.name ?? ""}
              class={curve === focused ? "curve focused" : "curve"}
              data-class={curve.name ?? ""}
              style={{ stroke: colour(curve) }}
              d={lineThrough(curve.scores.length, (at) => [
                scale.x(curve.recall[at]),
                scale.y(curve.precision[at]),
              ])}
            />
          ))}
          {focused && (
            <Here curve={focused} score={controller.score} scale={scale} colour={colour(focused)} />
          )}
          {on && (
            <circle
              class="pointed"
              cx={scale.x(on.curve.recall[on.at])}
              cy={scale.y(on.curve.precision[on.at])}
              r={5}
              style={{ stroke: colour(on.curve) }}
            />
          )}
        </>
      )}
      over={(scale) =>
        on && (
          <div
            class="plot-tip"
            data-testid="nbc-tip"
            style={tipPlace(scale, on.curve.recall[on.at], on.curve.precision[on.at])}
          >
            <b>{nameOf(on.curve)}</b>
            <span>precision {on.curve.precision[on.at].toFixed(3)}</span>
            <span>recall {on.curve.recall[on.at].toFixed(3)}</span>
            <span>score {on.curve.scores[on.at].toFixed(3)}</span>
          </div>
        )
      }
    />
  );
}

interface HereProps {
  curve: Curve;
  score: number;
  scale: PlotScale;
  colour: string;
}

/** Where the score that is chosen stands on a curve. */
function Here({ curve, score, scale, colour }: HereProps) {
  const { precision, recall } = goodnessAt(curve, score);
  if (precision === null || recall === null) return null;
  return <circle class="here" cx={scale.x(recall)} cy={scale.y(precision)} r={6} style={{ fill: colour }} />;
}

/** Beside a point, on the side where there is room. */
function tipPlace(scale: PlotScale, x: number, y: number): Record<string, string> {
  const across: Record<string, string> =
    x > 0.5 ? { right: `calc(100% - ${scale.x(x) - 12}px)` } : { left: `${scale.x(x) + 12}px` };
  return y > 0.5
    ? { ...across, top: `${scale.y(y) + 10}px` }
    : { ...across, bottom: `calc(100% - ${scale.y(y) - 10}px)` };
}
