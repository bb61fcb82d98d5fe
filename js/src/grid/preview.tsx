import { useEffect, useRef } from "preact/hooks";
import { baseName } from "../lib/data/items.ts";
import { Differences, Facts } from "../lib/pictures/facts.tsx";
import { factsOnStage, Preview, Walk } from "../lib/pictures/preview.tsx";
import { Stage, useOnStage } from "../lib/pictures/stage.tsx";
import { NO_ZOOM } from "../lib/pictures/zoomable.tsx";
import { Button } from "../lib/ui/button.tsx";
import { compare } from "./compare.ts";
import type { GridController } from "./controller.ts";
import { PreviewNeighbours } from "./preview-neighbours.tsx";

interface GridPreviewProps {
  controller: GridController;
  /** Scrolls the grid below to the item. */
  onWalk: () => void;
}

/** The focused item, large, alone or beside another. The arrow keys walk on through what the grid lists. */
export function GridPreview({ controller, onWalk }: GridPreviewProps) {
  const { state, store } = controller;
  const { preview } = state;
  const box = useRef<HTMLDivElement>(null);
  const { keys, similarity } = controller.listing.value;
  const drawn = { draws: state.boxes.value, predictions: state.predictions.value };
  const item = useOnStage(store, state.focusKey.value, box, drawn);
  const beside = useOnStage(store, state.comparing.value, box, drawn);

  useEffect(
    () => () => {
      state.comparing.value = null;
    },
    [state],
  );
  const key = item?.key ?? null;
  useEffect(() => {
    // Two that are compared are looked at in the same place, whoever comes next.
    if (key !== null && state.comparing.peek() === null) preview.zoom.value = NO_ZOOM;
  }, [key, state, preview]);
  useEffect(() => {
    // A filter may have taken away the last item that was left.
    if (!keys.length) preview.open.value = false;
  }, [keys, preview]);
  if (!item || key === null) return null;

  const at = state.focusIndex;
  const mark = store.selection.marks.value.of(key);
  const toggle = (which: "kept" | "rejected") =>
    controller.markKeys(mark === which ? "unmark" : which === "kept" ? "keep" : "reject", [key]);
  return (
    <Preview
      preview={preview}
      item={item}
      place={`${(at + 1).toLocaleString("en")} of ${keys.length.toLocaleString("en")}`}
      mark={mark}
      box={box}
      actions={
        <>
          <Button
            icon="check"
            title="Keep (K)"
            pressed={mark === "kept"}
            testid="nbc-preview-keep"
            onClick={() => toggle("kept")}
          >
            Keep
          </Button>
          <Button
            icon="reject"
            title="Reject (X)"
            pressed={mark === "rejected"}
            testid="nbc-preview-reject"
            onClick={() => toggle("rejected")}
          >
            Reject
          </Button>
          <Button icon="similar" title="Show similar (shift+N)" onClick={() => controller.showSimilar(key)}>
            Similar
          </Button>
          <Button
            icon="legend"
            title="Compare (C)"
            testid="nbc-preview-compare"
            pressed={beside !== null}
            onClick={() => compare(controller)}
          >
            Compare
          </Button>
        </>
      }
      side={
        beside ? (
          <Differences first={factsOnStage(beside)} second={factsOnStage(item)} />
        ) : (
          <>
            <Facts facts={factsOnStage(item, similarity?.[at])} />
            <PreviewNeighbours controller={controller} itemKey={key} />
          </>
        )
      }
    >
      {beside && (
        <Stage
          item={beside}
          source={store}
          zoom={preview.zoom}
          caption={baseName(beside.id)}
          testid="nbc-beside"
        />
      )}
      <Stage item={item} source={store} zoom={preview.zoom} caption={beside && baseName(item.id)}>
        <Walk
          isFirst={at === 0}
          isLast={at >= keys.length - 1}
          onStep={(by) => {
            controller.focus(at + by);
            onWalk();
          }}
        />
      </Stage>
    </Preview>
  );
}
