/** What is labelled and predicted on pictures, as it comes over the wire. */
import { asArray, asCount, asObject, asString, fail } from "./checks.ts";

/** What predictions come to when they are held against labels, and labels that nothing was predicted for. */
export const OUTCOMES = [
  "right",
  "confused",
  "badly placed",
  "double",
  "false positive",
  "missed",
  "ignored",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Named boxes on a picture of this size, px: x, y, width and height of each, one after the other. */
export interface Boxes {
  width: number;
  height: number;
  names: string[];
  boxes: number[];
  /** The outlines of each one's mask, if there are any, to be filled by the even-odd rule: x and y of the corners. */
  masks?: number[][][];
}

/** What is predicted on a picture of this size, px, the surest first. */
export interface PredictedBoxes {
  width: number;
  height: number;
  names: string[];
  /** As of Boxes. */
  boxes: number[];
  scores: number[];
  /** What each comes to, and which of the labels of the picture it is held against, -1 for none: of an evaluation. */
  outcomes?: Outcome[] | undefined;
  matches?: number[] | undefined;
  /** They are on the image around an item that is itself a box. */
  whole: boolean;
}

export function parseBoxes(value: unknown): Boxes {
  const { width, height, names, boxes, masks } = asObject(value, "boxes");
  const parsed = {
    width: asCount(width, "width"),
    height: asCount(height, "height"),
    names: asArray(names, "names").map((name) => asString(name, "name")),
    boxes: asArray(boxes, "boxes").map(Number),
    masks: masks === undefined ? undefined : asArray(masks, "masks").map(parseOutlines),
  };
  if (parsed.boxes.length !== 4 * parsed.names.length || !parsed.boxes.every(Number.isFinite)) {
    fail("boxes that are no numbers, or not four a name");
  }
  if (parsed.masks && parsed.masks.length !== parsed.names.length) fail("not a mask a name");
  return parsed;
}

export function parsePredicted(value: unknown): PredictedBoxes {
  const { width, height, names, boxes, scores, outcomes, matches, whole } = asObject(value, "predicted");
  const parsed: PredictedBoxes = {
    width: asCount(width, "width"),
    height: asCount(height, "height"),
    names: asArray(names, "names").map((name) => asString(name, "name")),
    boxes: asArray(boxes, "boxes").map(Number),
    scores: asArray(scores, "scores").map(Number),
    outcomes: outcomes === undefined ? undefined : asArray(outcomes, "outcomes").map(parseOutcome),
    matches: matches === undefined ? undefined : asArray(matches, "matches").map(Number),
    whole: whole === true,
  };
  const count = parsed.names.length;
  if (parsed.boxes.length !== 4 * count || ![...parsed.boxes, ...parsed.scores].every(Number.isFinite)) {
    fail("predictions that are no numbers, or not four a name");
  }
  for (const list of [parsed.scores, parsed.outcomes, parsed.matches]) {
    if (list && list.length !== count) fail("predictions of different lengths");
  }
  return parsed;
}

/** Outcomes come as places in their list. */
function parseOutcome(value: unknown): Outcome {
  return OUTCOMES[asCount(value, "outcome")] ?? fail(`an outcome ${String(value)}`);
}

function parseOutlines(value: unknown): number[][] {
  return asArray(value, "mask").map((outline) => {
    const corners = asArray(outline, "outline").map(Number);
    return corners.every(Number.isFinite) ? corners : fail("a corner that is no number");
  });
}
