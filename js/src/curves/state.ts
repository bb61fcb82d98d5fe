import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";

/** What a view of precision and recall remembers. */
export class CurvesState {
  readonly height = signal(460);
  /** Name of the predictions. */
  readonly predictions = signal("");
  /** The class that is looked at; empty: all of them together. */
  readonly of = signal("");
  readonly filterChoice = new FilterChoice();
  readonly helping = signal(false);
}
