/** What is said of curves, in words. */
import type { Curve, Goodness } from "./curves.ts";

export function nameOf({ name }: Curve): string {
  return name ?? "all classes";
}

export function shareText(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

/** How good what has a score or more is, as a sentence. */
export function goodnessWords(score: number, { precision, recall, f1 }: Goodness): string {
  return `score ${score.toFixed(2)} and more: precision ${shareText(precision)}, recall ${shareText(recall)}, F1 ${shareText(f1)}`;
}
