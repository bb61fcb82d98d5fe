import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/view-filter.ts";

/** What a findings panel remembers. */
export class FindingsState {
  readonly height = signal(520);
  /** Name of the finding that is shown. */
  readonly finding = signal("");
  /** Which of its items is shown. */
  readonly position = signal(0);
  readonly filterChoice = new FilterChoice();
  readonly helping = signal(false);
}
