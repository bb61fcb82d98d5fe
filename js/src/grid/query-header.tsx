import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { baseName } from "../lib/data/items.ts";
import type { Thumbnail } from "../lib/pictures/thumbnail-cache.ts";
import { Button } from "../lib/ui/button.tsx";
import { Icon } from "../lib/ui/icons.tsx";
import type { GridController } from "./controller.ts";
import type { NeighboursState } from "./neighbours.ts";
import type { Query } from "./query.ts";
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
  return (
    <div class="query" data-testid="nbc-query">
      {query.words ? (
        <Icon name="search" />
      ) : (
        <div class="query-pictures">
          {query.picture ? (
            <AskedPicture picture={neighbours?.picture ?? null} />
          ) : (
            first.map((thumbnail, at) => (
              <button
                type="button"
                key={query.positive[at]}
                class="query-picture"
                title={thumbnail ? `${thumbnail.id}\nShow only what is similar to this` : "Query"}
                aria-label="Show only what is similar to this"
                onClick={() => query.positive.length > 1 && controller.showSimilar(query.positive[at])}
              >
                {thumbnail?.url && <img src={thumbnail.url} alt="" draggable={false} />}
              </button>
            ))
          )}
        </div>
      )}
      <QueryName query={query} neighbours={neighbours} first={first[0]} />
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

interface QueryNameProps {
  query: Query;
  neighbours: NeighboursState | null;
  /** The first item that was asked with. */
  first: Thumbnail | undefined;
}

/** What was asked, in words, and while it is on its way what is being done. */
function QueryName({ query, neighbours, first }: QueryNameProps) {
  const { positive, negative, words, picture } = query;
  const waits = neighbours?.status === "loading";
  const others = positive.length - 1;
  const name = words ?? (picture ? "your picture" : first ? baseName(first.id) : `image ${positive[0]}`);
  let before = words ? "Most like " : "Similar to ";
  if (waits) before = words ? "Looking for " : "Looking for what is similar to ";
  return (
    <div class="query-name" title={words ?? first?.id} data-testid="nbc-query-name">
      {neighbours?.loadsModel && waits && "Loading the model, which takes a while. "}
      {before}
      <b>{name}</b>
      {others > 0 && ` and ${others.toLocaleString("en")} more`}
      {negative.length > 0 && `, unlike ${negative.length.toLocaleString("en")}`}
    </div>
  );
}

/** The picture that was dropped or pasted, as the model sees it. */
function AskedPicture({ picture }: { picture: Blob | null }) {
  const url = useSignal<string | null>(null);
  useEffect(() => {
    if (!picture) return;
    const made = URL.createObjectURL(picture);
    url.value = made;
    return () => {
      url.value = null;
      URL.revokeObjectURL(made);
    };
  }, [picture, url]);
  return (
    <span class="query-picture">
      {url.value && <img src={url.value} alt="What was dropped here" draggable={false} />}
    </span>
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
