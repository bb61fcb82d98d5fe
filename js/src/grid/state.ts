import { batch, signal } from "@preact/signals";
import { PreviewState } from "../lib/pictures/preview.tsx";
import { FilterChoice } from "../lib/session/view-filter.ts";
import type { MarkFilter } from "./listing.ts";
import { NO_QUERY, type Query, QueryHistory, sameQuery, type Whereabouts } from "./query.ts";

export const THUMBNAIL_SIZES = { min: 48, max: 384, step: 16, initial: 128 };
export const MAX_K = 10_000;

/**
 * What a grid remembers. It lives in the session and not in the DOM, so that a grid whose output was taken away and
 * shown again is where it was.
 */
export class GridState {
  readonly thumbnailSize = signal(THUMBNAIL_SIZES.initial);
  readonly height = signal(480);
  readonly k = signal(20);
  readonly markFilter = signal<MarkFilter>("all");
  readonly filterChoice = new FilterChoice();
  /** Name of the column that sorts, groups or stands under each tile; empty for none. */
  readonly sortBy = signal("");
  readonly groupBy = signal("");
  readonly caption = signal("");
  readonly descending = signal(false);
  /** Names of the groups that are closed. */
  readonly collapsed = signal<ReadonlySet<string>>(new Set());
  readonly query = signal<Query>(NO_QUERY);
  readonly #history = signal(QueryHistory.start);

  /** The item with the keyboard focus; the position stands in when its item leaves the listing. */
  readonly focusKey = signal<number | null>(null);
  focusIndex = 0;
  /** Where a range starts. */
  anchorKey: number | null = null;
  /** Keys picked together in the last gesture, a range or a rectangle: X and its like then act on all of them. */
  picked: Uint32Array | null = null;

  /** Position of the first item in view, fractional: unlike pixels it survives another width or tile size. */
  place = 0;
  /** Where to go as soon as the listing of a new query is there. */
  nextPlace: number | null = null;

  /** Whether boxes are drawn: of what is on an image, and around an item that is itself a box on one. */
  readonly boxes = signal(false);
  /** Name of the predictions that are drawn beside the labels; null: only these are. */
  readonly predictions = signal<string | null>(null);

  readonly preview = new PreviewState();
  /** The item that the previewed one stands beside. */
  readonly comparing = signal<number | null>(null);
  readonly helping = signal(false);

  get canGoBack(): boolean {
    return this.#history.value.canGoBack;
  }

  get canGoForward(): boolean {
    return this.#history.value.canGoForward;
  }

  visit(query: Query): void {
    this.#goTo(this.#history.peek().visit(query, this.#whereabouts));
  }

  step(by: -1 | 1): void {
    this.#goTo(this.#history.peek().step(by, this.#whereabouts));
  }

  /** Follows the trait: `query` was set from Python, or is what the page was reloaded with. */
  followTrait(): void {
    const query = this.query.value;
    if (!sameQuery(query, this.#history.peek().current.query)) this.visit(query);
  }

  get #whereabouts(): Whereabouts {
    return { place: this.place, focusKey: this.focusKey.peek() };
  }

  #goTo(history: QueryHistory): void {
    if (history === this.#history.peek()) return;
    this.picked = null;
    this.nextPlace = history.current.place;
    batch(() => {
      this.#history.value = history;
      this.query.value = history.current.query;
      this.focusKey.value = history.current.focusKey;
    });
  }
}
