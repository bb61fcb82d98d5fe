import { effect, untracked } from "@preact/signals";
import { computedColour, type Rgb } from "../lib/ui/palette.ts";
import { boxInView, type Camera, resized, type Size } from "./camera.ts";
import { drawLayer, LAYER, type LayerStyle, packed } from "./raster.ts";
import type { MapSheet } from "./sheet.ts";

/** While the map moves, so many points stand for all: a frame then takes under 10 ms. */
const MOVING_POINTS = 200_000;
const SETTLED_AFTER = 140;
/** What the filter hides is a faint ground to the rest: a part of it looks the same. */
const HIDDEN_POINTS = 200_000;
/** In a window with less than this share of the map, the index says which points to draw. */
const CULL_BELOW = 0.35;
const MAX_RADIUS = 5;

/** The points on their canvas: drawn when something has changed, once a frame at most. */
export class Scene {
  readonly #context: CanvasRenderingContext2D;
  readonly #stops: (() => void)[] = [];
  #image: ImageData | null = null;
  #frame = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #moving = false;
  #lastCamera: Camera | null = null;
  #ground: Rgb = [255, 255, 255];
  #text: Rgb = [0, 0, 0];
  /** Told after each frame: how many points it drew. For tests and the benchmark. */
  drawn = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly sheet: MapSheet,
  ) {
    this.#context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
    const box = canvas.parentElement as HTMLElement;
    const { map } = sheet;
    const measured = new ResizeObserver(() => this.#resize(box.clientWidth, box.clientHeight));
    measured.observe(box);
    this.#stops.push(
      () => measured.disconnect(),
      effect(() => {
        map.dark.value;
        untracked(() => this.#readColours());
        this.#invalidate();
      }),
      effect(() => {
        map.layers.value;
        map.colours.value;
        map.state.pointSize.value;
        this.#invalidate();
      }),
      effect(() => {
        const { camera } = sheet;
        if (this.#lastCamera && this.#lastCamera !== camera) this.#move();
        this.#lastCamera = camera;
        this.#invalidate();
      }),
    );
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#settling);
  }

  #resize(width: number, height: number): void {
    const { size, frame } = this.sheet;
    const before = size.peek();
    // A hidden view has no size: everything stays as it is until it shows again.
    if (!width || !height || (before.width === width && before.height === height)) return;
    const camera = frame.peek();
    if (camera && before.width) frame.value = resized(camera, before, { width, height });
    size.value = { width, height };
  }

  #readColours(): void {
    this.#ground = computedColour(this.canvas.parentElement as Element, "var(--nbc-bg)");
    this.#text = computedColour(this.canvas.parentElement as Element, "var(--nbc-text)");
  }

  #move(): void {
    this.#moving = true;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#moving = false;
      this.#invalidate();
    }, SETTLED_AFTER);
  }

  #invalidate(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { sheet } = this;
    const { map } = sheet;
    const size = sheet.size.peek();
    if (!size.width) return;
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const image = this.#imageOf({
      width: Math.round(size.width * ratio),
      height: Math.round(size.height * ratio),
    });
    const picture = { pixels: new Uint32Array(image.data.buffer), width: image.width, height: image.height };
    picture.pixels.fill(packed(...this.#ground));
    const cloud = sheet.cloudNow;
    if (cloud) {
      const camera = untracked(() => sheet.camera);
      const only = this.#pointsInView(camera, size);
      const limit = this.#moving ? MOVING_POINTS : cloud.count;
      const inView = only && only.length > limit ? only.subarray(0, limit) : only;
      const count = inView?.length ?? Math.min(cloud.count, limit);
      const scaled = { ...camera, scale: camera.scale * ratio };
      const points = {
        x: cloud.x,
        y: cloud.y,
        layers: map.layers.peek(),
        colours: map.colours.peek(),
      };
      const palette = Uint32Array.from(map.colouring.peek().palette, (colour) => packed(...colour));
      for (const style of this.#styles(count, picture, ratio)) {
        const most = style.layer === LAYER.hidden ? Math.min(limit, HIDDEN_POINTS) : limit;
        const only = inView && inView.length > most ? inView.subarray(0, most) : inView;
        drawLayer(picture, scaled, points, palette, style, only, most);
      }
      this.drawn = count;
    }
    this.#context.putImageData(image, 0, 0);
    this.canvas.dataset.drawn = String(this.drawn);
  }

  /** From what recedes to what stands out; each is a pass over all points, so there is none for what is not there. */
  #styles(count: number, { width, height }: Size, ratio: number): LayerStyle[] {
    const { pointSize } = this.sheet.map.state;
    const room = (width * height) / Math.max(count, 1);
    const suits = Math.min(Math.sqrt(room / Math.PI) * 0.45, MAX_RADIUS * ratio);
    const radius = Math.max(pointSize.peek() ? pointSize.peek() * ratio : suits, 0.5);
    const area = radius <= 0.5 ? 1 : Math.PI * radius * radius;
    const opacity = Math.min(Math.max((1.4 * room) / area / 4, 0.16), 0.9);
    const keptRadius = Math.max(radius * 1.25, 1.5 * ratio);
    const ring = ratio * (count > 2_000 ? 0.8 : 1.5);
    const { keptCount, rejectedCount } = this.sheet.map.store.selection.marks.peek();
    const { mask } = this.sheet.map.filter.rows;
    const there: Record<number, boolean> = {
      [LAYER.hidden]: mask.peek() !== null || this.sheet.map.pointedAt.peek() !== null,
      [LAYER.rejected]: rejectedCount > 0,
      [LAYER.shown]: true,
      [LAYER.kept]: keptCount > 0,
    };
    const styles: LayerStyle[] = [
      {
        layer: LAYER.hidden,
        radius: Math.max(radius * 0.6, 0.5),
        opacity: 0.07,
        colour: packed(...this.#text),
      },
      { layer: LAYER.rejected, radius: Math.max(radius * 0.7, 0.5), opacity: opacity * 0.4 },
      { layer: LAYER.shown, radius, opacity },
      { layer: LAYER.kept, radius: keptRadius + ring, opacity: 1, colour: packed(...this.#text) },
      { layer: LAYER.kept, radius: keptRadius, opacity: 1 },
    ];
    return styles.filter(({ layer }) => there[layer]);
  }

  /** Null where so much is in view that looking it up would not pay. */
  #pointsInView(camera: Camera, size: Size): Uint32Array | null {
    const { index } = this.sheet.cloudNow as NonNullable<MapSheet["cloudNow"]>;
    const view = boxInView(camera, size);
    const { box } = index;
    const share =
      ((view.right - view.left) * (view.top - view.bottom)) /
      ((box.right - box.left) * (box.top - box.bottom) || 1);
    return share < CULL_BELOW ? index.around(view) : null;
  }

  #imageOf({ width, height }: Size): ImageData {
    if (this.#image?.width !== width || this.#image.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = this.#context.createImageData(width, height);
    }
    return this.#image;
  }
}
