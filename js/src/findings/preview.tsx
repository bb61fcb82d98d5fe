import { useEffect, useRef } from "preact/hooks";
import { baseName } from "../lib/data/items.ts";
import { Differences, Facts } from "../lib/pictures/facts.tsx";
import { factsOnStage, Preview, Walk } from "../lib/pictures/preview.tsx";
import { Stage, useOnStage } from "../lib/pictures/stage.tsx";
import { NO_ZOOM } from "../lib/pictures/zoomable.tsx";
import { Button } from "../lib/ui/button.tsx";
import { Reason } from "./case.tsx";
import type { FindingsController } from "./controller.ts";
import { DECISIONS } from "./finding.ts";

/** The item under review, large, beside the one it was found for. Deciding and the arrow keys walk on. */
export function FindingsPreview({ controller }: { controller: FindingsController }) {
  const { store, state, key, position } = controller;
  const { preview } = state;
  const box = useRef<HTMLDivElement>(null);
  const now = controller.itemsNow;
  const drawn = { draws: state.boxes.value, predictions: null };
  const item = useOnStage(store, key, box, drawn);
  const other = useOnStage(store, controller.partner, box, drawn);
  useEffect(() => {
    if (key !== null) preview.zoom.value = NO_ZOOM;
  }, [key, preview]);
  if (!item || !now) return null;

  const count = now.keys.length;
  const decision = DECISIONS[now.decisions[position]];
  return (
    <Preview
      preview={preview}
      item={item}
      place={`${(position + 1).toLocaleString("en")} of ${count.toLocaleString("en")}`}
      mark={store.selection.marks.value.of(item.key)}
      box={box}
      actions={
        <>
          <Button
            icon="check"
            title="Keep (K)"
            pressed={decision === "kept"}
            testid="nbc-preview-keep"
            onClick={() => controller.decide("keep")}
          >
            Keep
          </Button>
          <Button
            icon="reject"
            title="Reject (X)"
            pressed={decision === "rejected"}
            testid="nbc-preview-reject"
            onClick={() => controller.decide("reject")}
          >
            Reject
          </Button>
        </>
      }
      side={
        <>
          <Reason controller={controller} />
          {other ? (
            <Differences first={factsOnStage(item)} second={factsOnStage(other)} />
          ) : (
            <Facts facts={factsOnStage(item)} />
          )}
        </>
      }
    >
      <Stage item={item} source={store} zoom={preview.zoom} caption={other && baseName(item.id)}>
        <Walk isFirst={position === 0} isLast={position >= count - 1} onStep={(by) => controller.step(by)} />
      </Stage>
      {other && (
        <Stage
          item={other}
          source={store}
          zoom={preview.zoom}
          caption={`${baseName(other.id)} · stays`}
          testid="nbc-beside"
        />
      )}
    </Preview>
  );
}
