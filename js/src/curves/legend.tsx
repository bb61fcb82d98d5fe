import { colourOf } from "../lib/pictures/drawn-boxes.tsx";
import type { CurvesController } from "./controller.ts";
import { goodnessAt } from "./curves.ts";
import { nameOf, shareText } from "./words.ts";

/** The classes with their average precision; a click looks at one of them. */
export function Legend({ controller }: { controller: CurvesController }) {
  const curves = controller.curves.value;
  const facts = controller.store.objects.facts(controller.state.predictions.value);
  const focused = controller.focused.value;
  if (curves.status !== "ready") return null;
  return (
    <div class="legend" role="group" aria-label="Classes">
      <b>
        class{" "}
        <small title="Average precision at this overlap, and how many are labelled">AP · labelled</small>
      </b>
      <div class="legend-lines" data-scrolls={curves.value.length}>
        {curves.value.map((curve) => {
          const { precision, recall } = goodnessAt(curve, controller.score);
          return (
            <button
              key={curve.name ?? ""}
              type="button"
              class="legend-line"
              aria-pressed={curve === focused}
              title={`${nameOf(curve)}: precision ${shareText(precision)}, recall ${shareText(recall)} from this score on`}
              data-value={curve.name ?? ""}
              onClick={() => controller.look(curve.name)}
            >
              <i
                style={{ background: curve.name === null ? "var(--nbc-text)" : colourOf(curve.name, facts) }}
              />
              <span>{nameOf(curve)}</span>
              <small>
                {curve.ap === null ? "–" : curve.ap.toFixed(2)} · {curve.wanted.toLocaleString("en")}
              </small>
            </button>
          );
        })}
      </div>
    </div>
  );
}
