/** What is drawn on a picture: of labels and predictions those that a person wants to see. */
import type { DrawnChoice } from "../data/drawn-filter.ts";
import type { Boxes, Outcome, PredictedBoxes } from "../wire/boxes.ts";

/** A box, or a mask, on a picture; px of the picture. */
export interface Shape {
  name: string;
  box: readonly [x: number, y: number, width: number, height: number];
  /** Outlines to be filled by the even-odd rule. */
  mask: number[][];
  /** Of a prediction; null: it is a label. */
  score: number | null;
  /** What it comes to, where that is known. */
  outcome: Outcome | null;
}

/** The shapes on a picture of this size, px. */
export interface Drawing {
  width: number;
  height: number;
  shapes: Shape[];
}

/** What predictions may make of the label that they are held against, the best first. */
const BEST_FIRST: readonly Outcome[] = ["right", "confused", "badly placed"];

/** What of a picture's labels and predictions is drawn; null where nothing is known of it. */
export function drawingOf(
  labels: Boxes | null,
  predicted: PredictedBoxes | null,
  choice: DrawnChoice,
): Drawing | null {
  const size = labels ?? predicted;
  if (!size) return null;
  const found = predicted
    ? predictedShapes(predicted).filter(({ score }) => score !== null && score >= choice.score)
    : [];
  const shapes = [...(labels ? labelShapes(labels, predicted, choice.score) : []), ...found];
  return {
    width: size.width,
    height: size.height,
    shapes: shapes.filter((shape) => isChosen(shape, choice)),
  };
}

function isChosen({ name, outcome }: Shape, { classes, outcomes }: DrawnChoice): boolean {
  if (classes.length && !classes.includes(name)) return false;
  return !outcomes.length || outcome === null || outcomes.includes(outcome);
}

function predictedShapes({ names, boxes, scores, outcomes }: PredictedBoxes): Shape[] {
  return names.map((name, at) => ({
    name,
    box: boxAt(boxes, at),
    mask: [],
    score: scores[at],
    outcome: outcomes?.[at] ?? null,
  }));
}

/** A label comes to what the predictions above a score make of it: with none of them left it is missed. */
function labelShapes(labels: Boxes, predicted: PredictedBoxes | null, score: number): Shape[] {
  const { names, boxes, masks } = labels;
  return names.map((name, at) => ({
    name,
    box: boxAt(boxes, at),
    mask: masks?.[at] ?? [],
    score: null,
    outcome: predicted?.matches ? labelOutcome(predicted, at, score) : null,
  }));
}

function labelOutcome({ outcomes, matches, scores }: PredictedBoxes, label: number, score: number): Outcome {
  const found = outcomes?.filter((_, at) => matches?.[at] === label && scores[at] >= score);
  return BEST_FIRST.find((outcome) => found?.includes(outcome)) ?? "missed";
}

function boxAt(boxes: readonly number[], at: number): Shape["box"] {
  const [x, y, width, height] = boxes.slice(4 * at, 4 * at + 4);
  return [x, y, width, height];
}
