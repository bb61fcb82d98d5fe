/** Precision and recall of a class, or of all, at each score. Pure. */
import { asArray, asCount, asObject, asString, float64Of, ProtocolError } from "../lib/wire/checks.ts";
import type { Answer } from "../lib/wire/rpc.ts";

/** Steps of the score, at each of which curves have the point that is exact there. */
export const STEPS = 100;

export interface Curve {
  /** The class; null: all of them together. */
  name: string | null;
  /** How many there are to be found. */
  wanted: number;
  /** Average precision, null where there is nothing to be found. */
  ap: number | null;
  /** Points from the highest score down. */
  scores: Float64Array;
  precision: Float64Array;
  recall: Float64Array;
}

/** How good what has a score or more is. Null where nothing can be said. */
export interface Goodness {
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

export function parseCurves({ results, buffers }: Answer): Curve[] {
  const heads = results.flatMap(({ curves }) => asArray(curves, "curves"));
  if (buffers.length !== heads.length) throw new ProtocolError("not a buffer a curve");
  return heads.map((value, at) => {
    const head = asObject(value, "curve");
    const points = float64Of(buffers[at]);
    const third = points.length / 3;
    if (!Number.isInteger(third)) throw new ProtocolError("a curve of another length");
    return {
      name: head.name === null ? null : asString(head.name, "name"),
      wanted: asCount(head.wanted, "wanted"),
      ap: typeof head.ap === "number" ? head.ap : null,
      scores: points.subarray(0, third),
      precision: points.subarray(third, 2 * third),
      recall: points.subarray(2 * third),
    };
  });
}

/** How good what has a score or more is: by the last point that has. */
export function goodnessAt({ scores, precision, recall, wanted }: Curve, score: number): Goodness {
  let [low, high] = [0, scores.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] >= score) low = middle + 1;
    else high = middle;
  }
  const found = low ? recall[low - 1] : 0;
  if (!low || !wanted)
    return { precision: low ? precision[low - 1] : null, recall: wanted ? found : null, f1: null };
  const sum = precision[low - 1] + found;
  return {
    precision: precision[low - 1],
    recall: found,
    f1: sum ? (2 * precision[low - 1] * found) / sum : 0,
  };
}

/** The score at which precision and recall are best together; of several the highest. */
export function bestScore({ scores, precision, recall }: Curve): number {
  let [best, most] = [0, 0];
  scores.forEach((score, at) => {
    const f1 = (2 * precision[at] * recall[at]) / (precision[at] + recall[at]);
    if (f1 > most) [best, most] = [score, f1];
  });
  return best;
}

/** The nearest hundredth. */
export function stepped(score: number): number {
  return Math.round(score * STEPS) / STEPS;
}

export interface CurvePoint {
  curve: Curve;
  at: number;
}

/** The point of any of the curves that is nearest to a place, as recall and precision; null where none is near. */
export function nearestPoint(
  curves: readonly Curve[],
  recall: number,
  precision: number,
  reach: { recall: number; precision: number },
): CurvePoint | null {
  let nearest: CurvePoint | null = null;
  let distance = 1;
  for (const curve of curves)
    for (let at = 0; at < curve.scores.length; at++) {
      const dx = (curve.recall[at] - recall) / reach.recall;
      const dy = (curve.precision[at] - precision) / reach.precision;
      const far = dx * dx + dy * dy;
      if (far <= distance) {
        distance = far;
        nearest = { curve, at };
      }
    }
  return nearest;
}
