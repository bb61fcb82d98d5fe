import { signal } from "@preact/signals";
import { PointsState } from "../map/state.ts";

/** What a scatter remembers. */
export class ScatterState extends PointsState {
  /** Names of the columns along the axes. */
  readonly x = signal("");
  readonly y = signal("");
  readonly logX = signal(false);
  readonly logY = signal(false);
  /** Units of columns, by their names. */
  readonly units = signal<Readonly<Record<string, string>>>({});
}
