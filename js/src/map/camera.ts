/** Where a map is looked at from. Pure arithmetic between the units of the points and pixels of a window. */

export interface Camera {
  /** What is in the middle of the window. */
  x: number;
  y: number;
  /** Pixels per unit. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

export type Point = readonly [x: number, y: number];

/** How much closer than the whole map one can go. */
const MAX_ZOOM = 4_000;
const MIN_ZOOM = 0.5;
/** Pixels left free around the points. */
const MARGIN = 24;

/** Shows all of a box. */
export function fitBox(box: Box, { width, height }: Size): Camera {
  const [w, h] = [box.right - box.left, box.top - box.bottom];
  const scale = Math.min(
    Math.max(width - 2 * MARGIN, 1) / (w || 1),
    Math.max(height - 2 * MARGIN, 1) / (h || 1),
  );
  return { x: (box.left + box.right) / 2, y: (box.bottom + box.top) / 2, scale };
}

/** Up is up: y grows towards the top of the window. */
export function toPixels(camera: Camera, { width, height }: Size, [x, y]: Point): Point {
  return [width / 2 + (x - camera.x) * camera.scale, height / 2 - (y - camera.y) * camera.scale];
}

export function toUnits(camera: Camera, { width, height }: Size, [px, py]: Point): Point {
  return [camera.x + (px - width / 2) / camera.scale, camera.y - (py - height / 2) / camera.scale];
}

/** Moves the map by pixels, as if it were dragged. */
export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y + dy / camera.scale };
}

/** Zooms by a factor; what is at `at`, in pixels, stays there. `whole` is the camera that shows all. */
export function zoom(camera: Camera, size: Size, factor: number, at: Point, whole: Camera): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, whole.scale * MIN_ZOOM), whole.scale * MAX_ZOOM);
  const [x, y] = toUnits(camera, size, at);
  const by = camera.scale / scale;
  return { x: x + (camera.x - x) * by, y: y + (camera.y - y) * by, scale };
}

/** What of the plane is in the window. */
export function boxInView(camera: Camera, { width, height }: Size): Box {
  const [left, top] = toUnits(camera, { width, height }, [0, 0]);
  const [right, bottom] = toUnits(camera, { width, height }, [width, height]);
  return { left, right, bottom, top };
}

/** The same view in a window of another size. */
export function resized(camera: Camera, from: Size, to: Size): Camera {
  const by = Math.min(to.width / from.width, to.height / from.height);
  return { ...camera, scale: camera.scale * by };
}
