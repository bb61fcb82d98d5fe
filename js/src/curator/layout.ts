import type { IconName } from "../lib/ui/icons.tsx";

export type PaneName = "grid" | "clusters" | "balance" | "map" | "findings";

export const PANES: Record<PaneName, { title: string; icon: IconName }> = {
  grid: { title: "Images", icon: "small" },
  map: { title: "Map", icon: "lasso" },
  clusters: { title: "Clusters", icon: "finer" },
  balance: { title: "Balance", icon: "sort" },
  findings: { title: "Findings", icon: "check" },
};

/** Panes that share a place as tabs. */
export interface Slot {
  name: "left" | "middle" | "right";
  panes: PaneName[];
}

const ONE: Slot[] = [{ name: "middle", panes: ["grid", "map", "clusters", "balance", "findings"] }];
const TWO: Slot[] = [
  { name: "middle", panes: ["grid"] },
  { name: "right", panes: ["map", "balance", "clusters", "findings"] },
];
const THREE: Slot[] = [
  { name: "left", panes: ["clusters", "balance"] },
  { name: "middle", panes: ["grid", "findings"] },
  { name: "right", panes: ["map"] },
];

/** Where the panes go in a widget of this width: tabs when narrow, side by side when wide. */
export function slotsFor(width: number): Slot[] {
  if (width < 820) return ONE;
  return width < 1280 ? TWO : THREE;
}

/** The pane that a slot shows: the one chosen last among its own. */
export function shownPane(slot: Slot, chosen: readonly PaneName[]): PaneName {
  return chosen.find((pane) => slot.panes.includes(pane)) ?? slot.panes[0];
}
