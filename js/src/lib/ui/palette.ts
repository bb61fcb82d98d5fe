/**
 * Colours for data. All have a contrast of at least 3 to the white and to the dark ground of a notebook; names in a
 * legend and under the pointer say the same without colour.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

const HUES: readonly Rgb[] = [
  [47, 126, 216],
  [217, 98, 43],
  [42, 157, 87],
  [201, 68, 61],
  [138, 99, 210],
  [31, 155, 174],
  [212, 86, 161],
  [143, 154, 30],
  [156, 107, 78],
  [91, 110, 225],
  [184, 134, 11],
];

/** No value, and all that has no colour of its own. */
export const NEUTRAL: Rgb = [128, 133, 140];

/** From low to high. Lightness stays within what both themes show, so the hue carries the order. */
const RAMP: readonly Rgb[] = [
  [74, 95, 214],
  [31, 145, 178],
  [42, 157, 87],
  [143, 154, 30],
  [201, 138, 14],
  [217, 98, 43],
  [190, 50, 70],
];

/** The colour of the `rank`-th most frequent category: eleven hues, each in two shades, then from the start again. */
export function categoryColour(rank: number, dark: boolean): Rgb {
  const hue = HUES[rank % HUES.length];
  if (Math.floor(rank / HUES.length) % 2 === 0) return hue;
  const ground = dark ? 255 : 0;
  return hue.map((part) => Math.round(part + (ground - part) * 0.38)) as unknown as Rgb;
}

/** The colour at `place` of a scale, 0 to 1. */
export function rampColour(place: number): Rgb {
  const at = Math.min(Math.max(place, 0), 1) * (RAMP.length - 1);
  const [low, high] = [RAMP[Math.floor(at)], RAMP[Math.ceil(at)]];
  return low.map((part, channel) => Math.round(part + (high[channel] - part) * (at % 1))) as unknown as Rgb;
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** The colour that a CSS value comes out as on this element, whatever way it is written. */
export function computedColour(element: Element, value: string): Rgb {
  const probe = document.createElement("span");
  probe.style.cssText = `display:none;color:${value}`;
  element.append(probe);
  const context = new OffscreenCanvas(1, 1).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
