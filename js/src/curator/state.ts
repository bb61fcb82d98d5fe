import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";
import type { PaneName } from "./layout.ts";

/** What a curator remembers. */
export class CuratorState {
  readonly height = signal(720);
  readonly filterChoice = new FilterChoice();
  readonly helping = signal(false);
  /** The panes in the order in which they were chosen, the last one first. */
  readonly chosen = signal<readonly PaneName[]>([]);

  choose(pane: PaneName): void {
    this.chosen.value = [pane, ...this.chosen.peek().filter((other) => other !== pane)];
  }
}
