import { joinSlices } from "../lib/data/columns.ts";
import { asArray, asCount, asObject, asString, type Json } from "../lib/wire/checks.ts";
import type { Answer } from "../lib/wire/rpc.ts";

/** A finding in the list. */
export interface FindingFacts {
  name: string;
  kind: string;
  count: number;
  groups: number | null;
  /** How many of its items were decided. */
  decided: number;
  /** The column that keeps the decisions. */
  column: string;
  /** What a score means. */
  scoreMeaning: string;
  /** Whether it suggests labels. */
  suggests: boolean;
  /** Whether its items are shown beside another one. */
  pairs: boolean;
  /** The column whose labels it speaks of, and that relabelling changes. */
  labelColumn: string;
  /** Whether items have lists of labels there. */
  several: boolean;
}

/** What an item is labelled as: a class, or a list of them. */
export type Label = string | string[];

export function labelText(label: Label | null): string {
  if (!Array.isArray(label)) return label ?? "no label";
  return label.join(", ") || "no class";
}

/** What a person typed for a list: names with commas between, but for a class that has one in its name. */
export function typedLabels(text: string, known: readonly string[]): string[] {
  if (known.includes(text.trim())) return [text.trim()];
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.filter(Boolean))];
}

/** By the code of a decision: what was decided. */
export const DECISIONS = ["undecided", "kept", "rejected", "relabelled"] as const;

export type Decision = "keep" | "reject" | "relabel" | "clear";

const CODES: Record<Decision, number> = { clear: 0, keep: 1, reject: 2, relabel: 3 };

/** The items of a finding, in its order, as aligned arrays. */
export interface FindingItems {
  name: string;
  keys: Uint32Array;
  scores: Float32Array;
  /** Number of the group of each, -1 for none. */
  groups: Int32Array;
  /** Index into `DECISIONS`. */
  decisions: Int32Array;
  /** Key of the item that each is shown beside, -1 for none. */
  partners: Float64Array;
}

/** Why an item was found, in words. */
export interface Reason {
  reason: string;
  given: Label | null;
  suggested: Label | null;
}

export function parseFindings(result: Json): FindingFacts[] {
  return asArray(result.findings, "findings").map((value) => {
    const finding = asObject(value, "finding");
    return {
      name: asString(finding.name, "name"),
      kind: asString(finding.kind, "kind"),
      count: asCount(finding.count, "count"),
      groups: typeof finding.groups === "number" ? finding.groups : null,
      decided: asCount(finding.decided, "decided"),
      column: asString(finding.column, "column"),
      scoreMeaning: asString(finding.score_meaning, "score_meaning"),
      suggests: finding.suggests === true,
      pairs: finding.pairs === true,
      labelColumn: asString(finding.label_column, "label_column"),
      several: finding.several === true,
    };
  });
}

/** The labels that there are in each column of labels. */
export function parseLabels(result: Json): Record<string, string[]> {
  const columns = Object.entries(asObject(result.labels, "labels"));
  return Object.fromEntries(
    columns.map(([column, names]) => [column, asArray(names, column).map((name) => asString(name, "label"))]),
  );
}

export function parseItems(name: string, answer: Answer): FindingItems {
  const columns = joinSlices(answer);
  const values = (column: string) => columns.get(column)?.values;
  return {
    name,
    keys: values("key") as Uint32Array,
    scores: values("score") as Float32Array,
    groups: values("group") as Int32Array,
    decisions: values("decision") as Int32Array,
    partners: values("partner") as Float64Array,
  };
}

export function parseReasons(result: Json): Reason[] {
  return asArray(result.items, "items").map((value) => {
    const { reason, given, suggested } = asObject(value, "item");
    return {
      reason: asString(reason, "reason"),
      given: asLabel(given),
      suggested: asLabel(suggested),
    };
  });
}

function asLabel(value: unknown): Label | null {
  if (Array.isArray(value)) return value.map((name) => asString(name, "label"));
  return typeof value === "string" ? value : null;
}

/** Keys of the items from a position up to another, and of those that they are shown beside. */
export function keysOf({ keys, partners }: FindingItems, from: number, to: number): number[] {
  const beside = Array.from(partners.subarray(from, to)).filter((key) => key >= 0);
  return [...keys.subarray(from, to), ...beside];
}

/** The decisions after one more. */
export function decided(decisions: Int32Array, positions: number[], decision: Decision): Int32Array {
  const changed = decisions.slice();
  for (const position of positions) changed[position] = CODES[decision];
  return changed;
}

export function countDecided(decisions: Int32Array): number {
  let count = 0;
  for (const code of decisions) count += Number(code > 0);
  return count;
}

/** The next undecided item after a position, from the start again at the end; -1 where all are decided. */
export function nextUndecided(decisions: Int32Array, after: number): number {
  for (let step = 1; step <= decisions.length; step++) {
    const at = (after + step) % decisions.length;
    if (decisions[at] === 0) return at;
  }
  return -1;
}

/** Undecided items of the same group as the one at a position; without groups that item alone. */
export function undecidedOfGroup({ groups, decisions }: FindingItems, position: number): number[] {
  const group = groups[position];
  if (group < 0) return decisions[position] === 0 ? [position] : [];
  const found: number[] = [];
  for (let at = 0; at < groups.length; at++) if (groups[at] === group && decisions[at] === 0) found.push(at);
  return found;
}

/** The first position where two states of decisions differ, -1 where they do not. */
export function firstDifference(before: Int32Array, after: Int32Array): number {
  for (let at = 0; at < after.length; at++) if (before[at] !== after[at]) return at;
  return -1;
}
