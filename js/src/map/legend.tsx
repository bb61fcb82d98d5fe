import { cssColour } from "../lib/ui/palette.ts";
import type { LegendEntry } from "./colouring.ts";
import type { PointsController } from "./points-controller.ts";

/** More lines than this are not read; the filter menu can search among all. */
const MAX_LINES = 300;

/** What the colours mean and how many items have each. A click filters by it. */
export function Legend({ controller }: { controller: PointsController }) {
  const { legend, title, several } = controller.colouring.value;
  const counts = controller.counts.value;
  const filter = controller.filter.filter.value;
  if (!legend.length || !controller.state.legendOpen.value) return null;
  const shown = legend.slice(0, MAX_LINES);
  return (
    <div class="legend" role="group" aria-label={`Colours: ${title}`} data-testid="nbc-legend">
      <b title={title}>{title}</b>
      {several && (
        <p class="quiet" title="An item of several classes has the colour of the one that the fewest have">
          of several, the rarest
        </p>
      )}
      <div class="legend-lines" data-scrolls={legend.length}>
        {shown.map((entry) => (
          <Line
            key={entry.title}
            entry={entry}
            count={counts[entry.place]}
            chosen={entry.isChosen(filter)}
            controller={controller}
          />
        ))}
        {legend.length > MAX_LINES && (
          <p class="quiet">{(legend.length - MAX_LINES).toLocaleString("en")} more</p>
        )}
      </div>
    </div>
  );
}

interface LineProps {
  entry: LegendEntry;
  count: number;
  chosen: boolean;
  controller: PointsController;
}

function Line({ entry, count, chosen, controller }: LineProps) {
  const { toggle, colour, title, place } = entry;
  const point = (to: number | null) => {
    controller.pointedAt.value = to;
  };
  return (
    <button
      type="button"
      class="legend-line"
      aria-pressed={toggle ? chosen : undefined}
      title={toggle ? `${title}\nFilter by this` : title}
      data-value={title}
      onClick={() => toggle?.(controller.filter.filter.peek())}
      onPointerEnter={() => point(place)}
      onPointerLeave={() => point(null)}
    >
      <i style={{ background: cssColour(colour) }} />
      <span>{title}</span>
      <small>{count.toLocaleString("en")}</small>
    </button>
  );
}
