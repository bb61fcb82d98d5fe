import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";
import type { Order, Shares } from "./matrix.ts";

/** What a click on a cell does. */
export type Action = "select" | "filter";

/** A cell by the places of its row and its column; -1: the head, which stands for all of the other. */
export interface Place {
  row: number;
  column: number;
}

/** What a confusion matrix remembers. */
export class ConfusionState {
  readonly height = signal(560);
  readonly label = signal("label");
  readonly prediction = signal("prediction");
  /** Name of the predictions whose evaluation is shown, of objects; empty: the columns are. */
  readonly evaluated = signal("");
  readonly shares = signal<Shares>("none");
  readonly order = signal<Order>("similar");
  readonly action = signal<Action>("select");
  /** Side of a cell in px, 0: as fits. */
  readonly cell = signal(0);
  /** Where the keyboard is. */
  readonly current = signal<Place>({ row: 0, column: 0 });
  /** The classes that the view's own filter is of; null: it has set none. */
  readonly filteredBy = signal<{ given: string | null; predicted: string | null } | null>(null);
  readonly filterChoice = new FilterChoice();
  readonly helping = signal(false);
}
