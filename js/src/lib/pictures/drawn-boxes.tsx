import { categoryColour, cssColour } from "../ui/palette.ts";
import type { Outcome } from "../wire/boxes.ts";
import type { DrawnFacts } from "./drawn-objects.ts";
import type { Drawing, Shape } from "./shapes.ts";

/** Words on a picture that is looked at are this part of its longer side high. */
const TEXT = 1 / 36;
/** Scores on a tile are so high, px, and stand where there is room for them. */
const SMALL_TEXT = 10;
const ROOM_FOR_SCORE = 20;

interface DrawnBoxesProps {
  drawing: Drawing;
  facts: DrawnFacts;
  /** Longest side of the picture on the screen, px, where it is a small one: then scores are all that is written. */
  tile?: number;
}

/**
 * Boxes and masks over a picture that fills its place as `object-fit: contain` does: labels are solid, predictions
 * dashed, with their scores.
 */
export function DrawnBoxes({ drawing: { width, height, shapes }, facts, tile }: DrawnBoxesProps) {
  const longest = Math.max(width, height);
  const size = tile ? (longest / tile) * SMALL_TEXT : longest * TEXT;
  return (
    <svg class="boxes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-testid="nbc-boxes">
      {shapes.map((shape, at) => {
        const { name, box, mask, score } = shape;
        const [x, y, w, h] = box;
        const words = tile ? smallWords(shape, (w * tile) / longest) : wordsOf(shape);
        return (
          // Two boxes may be equal: their place in the list is what tells them apart.
          <g
            key={at}
            class={score === null ? "label" : "prediction"}
            data-outcome={shape.outcome ?? undefined}
            style={{ color: colourOf(name, facts) }}
          >
            {mask.length ? <path d={pathOf(mask)} /> : null}
            {score !== null && <rect class="ground" x={x} y={y} width={w} height={h} />}
            <rect x={x} y={y} width={w} height={h} />
            {words && (
              <text x={x} y={score === null ? above(y, size) : below(y + h, size, height)} font-size={size}>
                {words}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** Labels are named above their box, predictions below: of a pair both can be read. */
function above(top: number, size: number): number {
  return Math.max(top - size / 3, size);
}

function below(bottom: number, size: number, height: number): number {
  return Math.min(bottom + size * 1.1, height - size / 4);
}

/** What stands at a box: its class, score, and what it comes to, unless it is right. */
function wordsOf({ name, score, outcome }: Shape): string {
  const said = score === null ? name : `${name} ${score.toFixed(2)}`;
  return outcome && isTold(score, outcome) ? `${said} · ${outcome}` : said;
}

/** Of a label it is told that it was missed; what else became of it the prediction says. */
function isTold(score: number | null, outcome: Outcome): boolean {
  return score === null ? outcome === "missed" : outcome !== "right";
}

function smallWords({ score }: Shape, room: number): string {
  return score !== null && room >= ROOM_FOR_SCORE ? score.toFixed(2).replace(/^0/, "") : "";
}

function pathOf(outlines: number[][]): string {
  return outlines.map((corners) => `M${corners.join(" ")}Z`).join("");
}

/** The same class has the same colour on every picture: by how frequent it is, or of an unknown one by its name. */
export function colourOf(name: string, { rankOf }: DrawnFacts): string {
  let rank = rankOf.get(name);
  if (rank === undefined) {
    rank = 0;
    for (const letter of name) rank = (Math.imul(rank, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  }
  return cssColour(categoryColour(rank, false));
}
