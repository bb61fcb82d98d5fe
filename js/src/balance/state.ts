import { signal } from "@preact/signals";
import { FilterChoice } from "../lib/session/view-filter.ts";
import type { Quotas } from "./measures.ts";

export type Scale = "counts" | "shares";
export type Order = "count" | "name";

/** What a class balance remembers. */
export class BalanceState {
  readonly height = signal(420);
  /** The column whose values are counted. */
  readonly by = signal<string | null>("label");
  /** Empty: none are set. */
  readonly quotas = signal<Quotas>({});
  readonly order = signal<Order>("count");
  readonly scale = signal<Scale>("counts");
  readonly filterChoice = new FilterChoice();
  readonly helping = signal(false);
}
