import { signal } from "@preact/signals";
import { PreviewState } from "../lib/pictures/preview.tsx";
import { FilterChoice } from "../lib/session/view-filter.ts";

/** What a findings panel remembers. */
export class FindingsState {
  readonly height = signal(520);
  /** Name of the finding that is shown. */
  readonly finding = signal("");
  /** Which of its items is shown. */
  readonly position = signal(0);
  readonly filterChoice = new FilterChoice();
  readonly preview = new PreviewState();
  /** Whether the preview draws boxes: of what is on an image, and around an item that is itself a box on one. */
  readonly boxes = signal(false);
  readonly helping = signal(false);
}
