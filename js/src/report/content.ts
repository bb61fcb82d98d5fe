import { asArray, asObject, asString } from "../lib/wire/checks.ts";

/** A number, infinite as text, or null where it has no meaning. */
export type Value = number | string | null;

export interface Measure {
  name: string;
  meaning: string;
  subset: Value;
  whole: Value;
  random: Value;
  spread: Value;
  /** Whether the subset does better than chance; null where that has no meaning. */
  better: boolean | null;
}

export interface ReportContent {
  size: number;
  total: number;
  measures: Measure[];
  /** Name, items in the whole, items in the subset; the largest first. */
  classes: [name: string, whole: number, subset: number][];
}

export function parseContent(value: unknown): ReportContent {
  const content = asObject(value, "content");
  const plain = (number: unknown): Value =>
    typeof number === "number" || typeof number === "string" ? number : null;
  return {
    size: Number(content.size ?? 0),
    total: Number(content.total ?? 0),
    measures: asArray(content.measures ?? [], "measures").map((one) => {
      const measure = asObject(one, "measure");
      return {
        name: asString(measure.name, "name"),
        meaning: String(measure.meaning ?? ""),
        subset: plain(measure.subset),
        whole: plain(measure.whole),
        random: plain(measure.random_mean),
        spread: plain(measure.random_spread),
        better: typeof measure.better === "boolean" ? measure.better : null,
      };
    }),
    classes: asArray(content.classes ?? [], "classes").map((one) => {
      const [name, whole, subset] = asArray(one, "class");
      return [String(name), Number(whole), Number(subset)];
    }),
  };
}

/** How long a measure's bars are, as shares of the longest. */
export function barsOf({ subset, whole, random }: Measure): Record<"subset" | "whole" | "random", number> {
  const numbers = [subset, whole, random].filter((value) => typeof value === "number");
  const longest = Math.max(...numbers, 0) || 1;
  const length = (value: Value) => (typeof value === "number" ? Math.max(value, 0) / longest : 0);
  return { subset: length(subset), whole: length(whole), random: length(random) };
}
