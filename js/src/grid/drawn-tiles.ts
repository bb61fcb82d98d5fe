import { type DrawnFacts, NO_FACTS } from "../lib/pictures/drawn-objects.ts";
import type { Drawing } from "../lib/pictures/shapes.ts";
import type { ThumbnailSize } from "../lib/wire/protocol.ts";
import type { GridController } from "./controller.ts";

/** What is drawn on the tiles of a grid: asked for once their pictures are there. */
export class DrawnTiles {
  #facts: DrawnFacts = NO_FACTS;

  constructor(private readonly controller: GridController) {}

  /** Subscribes an effect to all that changes what is drawn. */
  follow(): void {
    const { store, state, draws } = this.controller;
    if (!draws) return;
    store.objects.filter.choices.value;
    if (store.objects.arrived.value) store.objects.facts(state.predictions.value);
  }

  /**
   * Asks for what is on these items. The pictures come first: to read what is on them for the first time takes the
   * kernel as long as to show them.
   */
  want(keys: readonly number[], size: ThumbnailSize): void {
    const { store, state, draws } = this.controller;
    if (!draws || !keys.every((key) => store.thumbnails.get(key, size))) return;
    this.#facts = store.objects.facts(state.predictions.peek());
    store.objects.want(keys, state.predictions.peek());
  }

  on(key: number): { drawing: Drawing | null; facts: DrawnFacts } {
    const { store, state, draws } = this.controller;
    return { drawing: draws ? store.objects.get(key, state.predictions.peek()) : null, facts: this.#facts };
  }
}
