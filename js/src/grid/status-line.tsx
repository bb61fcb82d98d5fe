import { useSignalEffect } from "@preact/signals";
import { Button } from "../lib/button.tsx";
import { FilterChips } from "../lib/chips.tsx";
import { Icon } from "../lib/icons.tsx";
import type { GridController } from "./controller.ts";
import { THUMBNAIL_SIZES } from "./state.ts";

const NOTICE_FOR = 8_000;

const number = (value: number) => value.toLocaleString("en");

/** How many are kept, rejected and shown, and a word on what just happened. */
export function StatusLine({ controller }: { controller: GridController }) {
  const { state, store } = controller;
  const marks = store.selection.marks.value;
  const shown = controller.listing.value.keys.length;
  const notice = state.notice.value;
  const connection = store.connection.state.value;

  useSignalEffect(() => {
    if (!state.notice.value) return;
    const timer = setTimeout(() => {
      state.notice.value = null;
    }, NOTICE_FOR);
    return () => clearTimeout(timer);
  });
  useSignalEffect(() => {
    const reason = store.refusal.value;
    if (reason) controller.say(`The kernel refused this: ${reason}`);
  });

  return (
    <div class="status">
      <div role="status" aria-live="polite" data-testid="nbc-status">
        <span class={marks.keptCount ? "some-kept" : undefined}>
          <b data-testid="nbc-count">{number(marks.keptCount)}</b> kept
        </span>
        {" · "}
        <span>{number(marks.rejectedCount)} rejected</span>
        {" · "}
        <span>
          {controller.showsNeighbours.value
            ? `${number(shown)} nearest`
            : `${number(shown)} of ${number(controller.items.count)} shown`}
        </span>
      </div>
      {!controller.showsNeighbours.value && <FilterChips filter={controller.filter.filter.value} />}
      {notice && (
        <div class="notice" role="status" data-testid="nbc-notice">
          {notice.text}
          {notice.undo && (
            <button
              type="button"
              class="link"
              onClick={() => {
                state.notice.value = null;
                controller.undo();
              }}
            >
              Undo
            </button>
          )}
        </div>
      )}
      {connection === "busy" && (
        <div class="busy" data-testid="nbc-busy">
          Kernel busy…
        </div>
      )}
      <ViewOptions controller={controller} />
    </div>
  );
}

/** How the grid looks, away from what changes the data. */
function ViewOptions({ controller }: { controller: GridController }) {
  const { thumbnailSize, helping, boxes } = controller.state;
  return (
    <div class="view-options">
      {controller.hasObjects && (
        <Button
          icon="rectangle"
          title="Draw boxes (B)"
          testid="nbc-draw-boxes"
          pressed={boxes.value}
          onClick={() => {
            boxes.value = !boxes.value;
          }}
        />
      )}
      <label class="size" title="Thumbnail size (+ and −)">
        <Icon name="small" />
        <input
          type="range"
          aria-label="Thumbnail size"
          data-testid="nbc-size"
          min={THUMBNAIL_SIZES.min}
          max={THUMBNAIL_SIZES.max}
          step={THUMBNAIL_SIZES.step}
          value={thumbnailSize.value}
          onInput={(event) => {
            thumbnailSize.value = event.currentTarget.valueAsNumber;
          }}
        />
        <Icon name="large" />
      </label>
      <Button
        icon="help"
        title="Keys (?)"
        testid="nbc-help"
        onClick={() => {
          helping.value = !helping.value;
        }}
      />
    </div>
  );
}
