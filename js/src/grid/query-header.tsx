import { useSignal, useSignalEffect } from "@preact/signals";
import { baseName } from "../lib/data/items.ts";
import type { Thumbnail } from "../lib/pictures/thumbnail-cache.ts";
import { Button } from "../lib/ui/button.tsx";
import type { GridController } from "./controller.ts";
import { MAX_K } from "./state.ts";

/** Thumbnails of a query of many items; the rest is a number. */
const SHOWN = 4;

/** Says whose neighbours are on show, and how many. */
export function QueryHeader({ controller }: { controller: GridController }) {
  const { state } = controller;
  const query = state.query.value;
  const neighbours = controller.neighbours.state.value;
  const k = state.k.value;
  const first = useThumbnails(controller, query.positive.slice(0, SHOWN));
  if (!controller.showsNeighbours.value) return null;
  const others = query.positive.length - 1;
  const name = first[0] ? baseName(first[0].id) : `image ${query.positive[0]}`;
  return (
    <div class="query" data-testid="nbc-query">
      <div class="query-pictures">
        {first.map((thumbnail, at) => (
          <button
            type="button"
            key={query.positive[at]}
            class="query-picture"
            title={thumbnail ? `${thumbnail.id}\nShow only what is similar to this` : "Query"}
            aria-label="Show only what is similar to this"
            onClick={() => others && controller.showSimilar(query.positive[at])}
          >
            {thumbnail?.url && <img src={thumbnail.url} alt="" draggable={false} />}
          </button>
        ))}
      </div>
      <div class="query-name" title={first[0]?.id}>
        {neighbours?.status === "loading" ? "Looking for what is similar to " : "Similar to "}
        <b>{name}</b>
        {others > 0 && ` and ${others.toLocaleString("en")} more`}
        {query.negative.length > 0 && `, unlike ${query.negative.length.toLocaleString("en")}`}
      </div>
      <div class="stepper" role="group" aria-label="How many neighbours">
        <Button icon="minus" title="Fewer" onClick={() => stepK(controller, -1)} />
        <input
          type="number"
          aria-label="How many neighbours"
          data-testid="nbc-k"
          min={1}
          max={MAX_K}
          value={k}
          onChange={({ currentTarget: { valueAsNumber } }) => setK(controller, valueAsNumber)}
        />
        <Button icon="plus" title="More" onClick={() => stepK(controller, 1)} />
      </div>
      <Button
        icon="close"
        title="Back to all items"
        testid="nbc-close-query"
        onClick={() => controller.closeNeighbours()}
      />
    </div>
  );
}

function stepK(controller: GridController, by: -1 | 1): void {
  const { k } = controller.state;
  const step = k.peek() + by > 100 ? 50 : k.peek() + by > 10 ? 10 : 1;
  // Onto round numbers, from wherever it stands.
  const next = by > 0 ? Math.floor(k.peek() / step) + 1 : Math.ceil(k.peek() / step) - 1;
  setK(controller, next * step);
}

function setK(controller: GridController, k: number): void {
  if (Number.isFinite(k)) controller.state.k.value = Math.min(Math.max(Math.round(k), 1), MAX_K);
}

/** The thumbnails of a few items outside the grid's window. */
function useThumbnails(controller: GridController, keys: number[]): (Thumbnail | undefined)[] {
  const { thumbnails } = controller.store;
  const arrived = useSignal(0);
  useSignalEffect(() => {
    const { positive } = controller.state.query.value;
    const wish = {};
    thumbnails.want(wish, 192, positive.slice(0, SHOWN), []);
    const stop = thumbnails.onLoaded(() => {
      arrived.value++;
    });
    return () => {
      stop();
      thumbnails.forget(wish);
    };
  });
  arrived.value;
  return keys.map((key) => thumbnails.get(key, 192));
}
