import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Selection } from "../data/selection.ts";
import type { Loadable } from "../wire/loadable.ts";
import type { DatasetFacts } from "../wire/protocol.ts";
import type { Rpc } from "../wire/rpc.ts";
import type { DrawnObjects } from "./drawn-objects.ts";
import type { Thumbnails } from "./thumbnails.ts";

/** What pictures are shown from: that part of a session. */
export interface PictureSource {
  readonly rpc: Rpc;
  readonly dataset: ReadonlySignal<Loadable<DatasetFacts>>;
  readonly selection: Selection;
  readonly thumbnails: Thumbnails;
  readonly objects: DrawnObjects;
  /** The item under the pointer, in whichever view. */
  readonly hovered: Signal<number | null>;
}
