import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";
import type { Camera } from "./camera.ts";

/** What a drag on the map does. */
export type Tool = "pan" | "lasso" | "box";

/** What a view of points remembers. It lives in the session, so that one that is shown again is as it was left. */
export class PointsState {
  readonly height = signal(480);
  /** Name of the column whose values colour the points, "selection", or null. */
  readonly color = signal<string | null>("label");
  /** Radius in px, 0: as suits the number of points. */
  readonly pointSize = signal(0);
  readonly filterChoice = new FilterChoice();
  readonly tool = signal<Tool>("lasso");
  /** What of each sheet is in the window; null: all of it. */
  readonly cameras = [signal<Camera | null>(null), signal<Camera | null>(null)] as const;
  readonly legendOpen = signal(true);
  readonly helping = signal(false);
}

/** What a map remembers. */
export class MapState extends PointsState {
  readonly method = signal("umap");
  /** Name of the embeddings that are laid out; null: those made last. */
  readonly encoder = signal<string | null>(null);
  /** Name of the embeddings of a second map beside it; null: there is none. */
  readonly beside = signal<string | null>(null);
}
