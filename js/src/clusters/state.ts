import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";

export type Order = "size" | "purity" | "name";

/** What a cluster browser remembers. */
export class ClustersState {
  readonly height = signal(480);
  readonly order = signal<Order>("size");
  readonly filterChoice = new FilterChoice();
  /** The cluster that is opened, or null where all are shown. */
  readonly inside = signal<string | null>(null);
  /** Into how many parts it is shown. */
  readonly parts = signal(4);
  /** Names of the cards that are ticked, to be merged or kept together. */
  readonly ticked = signal<ReadonlySet<string>>(new Set());
  readonly renaming = signal<string | null>(null);
  /** The card with the keyboard focus. */
  readonly focused = signal<string | null>(null);
  readonly helping = signal(false);
}
