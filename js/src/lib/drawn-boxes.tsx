import { categoryColour, cssColour } from "./palette.ts";
import type { Boxes } from "./protocol.ts";

/** Names are this part of the picture's longer side high. */
const TEXT = 1 / 36;

/** Boxes and masks over a picture that fills its place as `object-fit: contain` does; with their names or without. */
export function DrawnBoxes({
  boxes: { width, height, names, boxes, masks },
  named,
}: {
  boxes: Boxes;
  named?: boolean;
}) {
  const size = Math.max(width, height) * TEXT;
  return (
    <svg class="boxes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" data-testid="nbc-boxes">
      {names.map((name, at) => {
        const [x, y, w, h] = boxes.slice(4 * at);
        return (
          // Two boxes may be equal: their place in the list is what tells them apart.
          <g key={at} style={{ color: colourOf(name) }}>
            {masks?.[at]?.length ? <path d={pathOf(masks[at])} /> : null}
            <rect x={x} y={y} width={w} height={h} />
            {named && (
              <text x={x} y={Math.max(y - size / 3, size)} font-size={size}>
                {name}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function pathOf(outlines: number[][]): string {
  return outlines.map((corners) => `M${corners.join(" ")}Z`).join("");
}

/** The same name has the same colour on every picture. */
function colourOf(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return cssColour(categoryColour(hash, false));
}
