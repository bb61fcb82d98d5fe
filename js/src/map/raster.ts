/** Draws points into pixels. No GPU is needed: a million points take some tens of milliseconds. */
import { type Camera, type Size, toPixels } from "./camera.ts";

/** Which pass a point is drawn in. */
export const LAYER = { hidden: 0, shown: 1, rejected: 2, kept: 3 } as const;

/** What is drawn how: points of one layer have the same size and strength. */
export interface LayerStyle {
  layer: number;
  /** Pixels; 0.5 and less is one pixel. */
  radius: number;
  /** 0 to 1; what overlaps adds up, so that dense places are darker. */
  opacity: number;
  /** One colour for all instead of that of each point. */
  colour?: number;
}

export interface Points {
  x: Float32Array;
  y: Float32Array;
  /** Layer of each point. */
  layers: Uint8Array;
  /** Place of each point's colour in the palette. */
  colours: Uint16Array;
}

export interface Picture extends Size {
  /** A pixel is 0xAABBGGRR, as in ImageData on every machine that browsers run on. */
  pixels: Uint32Array;
}

/** Packs a colour as pixels are. */
export function packed(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * Draws those of the points that are in a layer, in their order.
 *
 * `only` are the points to draw; null stands for the first `limit` of all.
 */
export function drawLayer(
  picture: Picture,
  camera: Camera,
  points: Points,
  palette: Uint32Array,
  style: LayerStyle,
  only: Uint32Array | null,
  limit: number,
): void {
  const { pixels, width, height } = picture;
  const { x, y, layers, colours } = points;
  const { layer, colour } = style;
  const [originX, originY] = toPixels(camera, picture, [0, 0]);
  const { scale } = camera;
  const stamp = discOf(style.radius, style.opacity);
  const reach = Math.ceil(style.radius) + 1;
  const count = only ? only.length : Math.min(limit, x.length);
  for (let at = 0; at < count; at++) {
    const point = only ? only[at] : at;
    if (layers[point] !== layer) continue;
    const px = Math.round(originX + x[point] * scale);
    const py = Math.round(originY - y[point] * scale);
    // Not-a-number fails every comparison, so points without a place are left out here too.
    if (!(px >= -reach && py >= -reach && px < width + reach && py < height + reach)) continue;
    const source = colour ?? palette[colours[point]];
    const inside = px >= reach && py >= reach && px < width - reach && py < height - reach;
    for (let dot = 0; dot < stamp.length; dot += 3) {
      const sx = px + stamp[dot];
      const sy = py + stamp[dot + 1];
      if (!inside && (sx < 0 || sy < 0 || sx >= width || sy >= height)) continue;
      const place = sy * width + sx;
      pixels[place] = mixed(pixels[place], source, stamp[dot + 2]);
    }
  }
}

/** The pixels of a disc with soft edges: dx, dy and strength (0 to 256) of each. */
function discOf(radius: number, opacity: number): Int32Array {
  const strength = Math.round(opacity * 256);
  if (radius <= 0.5) return Int32Array.of(0, 0, strength);
  const dots: number[] = [];
  const reach = Math.ceil(radius);
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const cover = Math.min(Math.max(radius + 0.5 - Math.hypot(dx, dy), 0), 1);
      if (cover > 0.05) dots.push(dx, dy, Math.round(cover * strength));
    }
  }
  return Int32Array.from(dots);
}

/** Goes `strength` of 256 from one colour to another; red and blue are worked out together. */
function mixed(from: number, to: number, strength: number): number {
  const redBlue = from & 0xff00ff;
  const green = from & 0x00ff00;
  const newRedBlue = (redBlue + (Math.imul((to & 0xff00ff) - redBlue, strength) >>> 8)) & 0xff00ff;
  const newGreen = (green + (Math.imul((to & 0x00ff00) - green, strength) >>> 8)) & 0x00ff00;
  return (0xff000000 | newRedBlue | newGreen) >>> 0;
}
