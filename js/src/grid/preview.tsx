import { useEffect, useRef } from "preact/hooks";
import { Button } from "../lib/button.tsx";
import { compare } from "./compare.ts";
import type { GridController } from "./controller.ts";
import { Differences, type FactList, Facts, factsOf } from "./facts.tsx";
import { PreviewNeighbours } from "./preview-neighbours.tsx";
import { type OnStage, Picture, useOnStage } from "./stage.tsx";
import { baseName } from "./tiles.ts";
import type { Viewport } from "./viewport.ts";
import { NO_ZOOM } from "./zoomable.tsx";

interface PreviewProps {
  controller: GridController;
  viewport: () => Viewport | null;
}

/** One item, large, within the widget's own box. The arrow keys walk on through what the grid lists. */
export function Preview(props: PreviewProps) {
  return props.controller.state.previewing.value ? <OpenPreview {...props} /> : null;
}

function OpenPreview({ controller, viewport }: PreviewProps) {
  const { state, store } = controller;
  const box = useRef<HTMLDivElement>(null);
  const listing = controller.listing.value;
  const item = useOnStage(controller, state.focusKey.value, box);
  const beside = useOnStage(controller, state.comparing.value, box);

  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    return () => {
      state.comparing.value = null;
      viewport()?.takeFocus();
    };
  }, [state, viewport]);
  const key = item?.key ?? null;
  useEffect(() => {
    // Two that are compared are looked at in the same place, whoever comes next.
    if (key !== null && state.comparing.peek() === null) state.zoom.value = NO_ZOOM;
  }, [key, state]);
  useEffect(() => {
    // A filter may have taken away the last item that was left.
    if (!listing.keys.length) state.previewing.value = false;
  }, [listing, state]);
  if (!item || key === null) return null;

  const { id } = item;
  const marks = store.selection.marks.value;
  const mark = marks.of(key);
  const similarity = listing.similarity?.[state.focusIndex];
  const walk = (by: number) => {
    controller.focus(state.focusIndex + by);
    viewport()?.revealFocus(false);
  };
  const toggle = (which: "kept" | "rejected") =>
    controller.markKeys(mark === which ? "unmark" : which === "kept" ? "keep" : "reject", [key]);
  return (
    <div
      class="overlay preview"
      role="dialog"
      aria-label={`Preview of ${id}`}
      tabIndex={-1}
      ref={box}
      data-testid="nbc-preview"
      data-key={key}
      data-mark={mark ?? "none"}
    >
      <div class="overlay-head">
        <b class="preview-name" title={id}>
          {baseName(id)}
        </b>
        <span class="preview-place">
          {(state.focusIndex + 1).toLocaleString("en")} of {listing.keys.length.toLocaleString("en")}
        </span>
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
        <Button
          icon="close"
          title="Close (Esc)"
          testid="nbc-preview-close"
          onClick={() => {
            state.previewing.value = false;
          }}
        />
      </div>
      <div class="preview-body">
        {beside && (
          <div
            class="stage"
            data-testid="nbc-beside"
            data-key={beside.key}
            data-mark={marks.of(beside.key) ?? "none"}
          >
            <Picture controller={controller} item={beside} />
            <b class="stage-name">{baseName(beside.id)}</b>
          </div>
        )}
        <div class="stage" data-mark={mark ?? "none"}>
          <Picture controller={controller} item={item} />
          {beside && <b class="stage-name">{baseName(id)}</b>}
          <Button
            class="walk previous"
            icon="back"
            title="Previous (Left)"
            disabled={state.focusIndex === 0}
            onClick={() => walk(-1)}
          />
          <Button
            class="walk next"
            icon="forward"
            title="Next (Right)"
            disabled={state.focusIndex >= listing.keys.length - 1}
            onClick={() => walk(1)}
          />
        </div>
        <div class="preview-side">
          {beside ? (
            <Differences first={facts(beside)} second={facts(item)} />
          ) : (
            <>
              <Facts facts={facts(item, similarity)} />
              <PreviewNeighbours controller={controller} itemKey={key} />
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function facts({ id, thumbnail, content, boxes }: OnStage, similarity?: number): FactList {
  const objects = content?.whole ? undefined : boxes?.names;
  return factsOf({
    id,
    label: thumbnail?.label ?? null,
    details: content?.details ?? null,
    similarity,
    objects,
  });
}
