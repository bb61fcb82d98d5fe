import { useEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../lib/button.tsx";
import { Icon } from "../lib/icons.tsx";
import type { ItemDetails } from "../lib/protocol.ts";
import type { GridController } from "./controller.ts";
import { PreviewLoader } from "./preview-loader.ts";
import { PreviewNeighbours } from "./preview-neighbours.tsx";
import { baseName } from "./tiles.ts";
import type { Viewport } from "./viewport.ts";
import { NO_ZOOM, Zoomable } from "./zoomable.tsx";

const SIZES = { min: 64, max: 2048 };

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
  const loader = useMemo(() => new PreviewLoader(store), [store]);
  const box = useRef<HTMLDivElement>(null);
  const listing = controller.listing.value;
  const key = state.focusKey.value;

  useEffect(() => {
    box.current?.focus({ preventScroll: true });
    return () => {
      loader.close();
      viewport()?.takeFocus();
    };
  }, [loader, viewport]);
  useEffect(() => {
    if (key === null || !box.current) return;
    state.zoom.value = NO_ZOOM;
    const edge = Math.max(box.current.clientWidth, box.current.clientHeight) * devicePixelRatio;
    loader.show(key, Math.round(Math.min(Math.max(edge, SIZES.min), SIZES.max)));
  }, [key, loader, state]);
  useEffect(() => {
    // A filter may have taken away the last item that was left.
    if (!listing.keys.length) state.previewing.value = false;
  }, [listing, state]);
  if (key === null) return null;

  const content = loader.content.value?.key === key ? loader.content.value : null;
  const thumbnail = store.thumbnails.get(key, 384);
  const url = content?.url ?? thumbnail?.url;
  const mark = store.selection.marks.value.of(key);
  const id = content?.details?.id ?? thumbnail?.id ?? `image ${key}`;
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
          icon="close"
          title="Close (Esc)"
          testid="nbc-preview-close"
          onClick={() => {
            state.previewing.value = false;
          }}
        />
      </div>
      <div class="preview-body">
        <div class="stage">
          {url ? (
            <Zoomable url={url} alt={id} rough={!content?.url} zoom={state.zoom} />
          ) : (
            (content?.reason ?? thumbnail) && (
              <div class="message">
                <Icon name="broken" />
                {content?.reason ?? thumbnail?.status}
              </div>
            )
          )}
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
          <Facts
            id={id}
            details={content?.details ?? null}
            similarity={similarity}
            label={thumbnail?.label ?? null}
          />
          <PreviewNeighbours controller={controller} itemKey={key} />
        </div>
      </div>
    </div>
  );
}

interface FactsProps {
  id: string;
  label: string | null;
  details: ItemDetails | null;
  similarity: number | undefined;
}

function Facts({ id, label, details, similarity }: FactsProps) {
  const rows: [string, string][] = [["id", id]];
  if (details?.label ?? label) rows.push(["label", details?.label ?? label ?? ""]);
  if (similarity !== undefined) rows.push(["similarity", similarity.toFixed(4)]);
  for (const [name, value] of Object.entries(details?.properties ?? {})) {
    if (value !== null) rows.push([name, readable(value)]);
  }
  if (details && details.status !== "ok") rows.push(["status", details.status]);
  return (
    <dl class="facts" data-testid="nbc-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll("_", " ")}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function readable(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}
