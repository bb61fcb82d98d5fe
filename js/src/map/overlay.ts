import { effect, signal } from "@preact/signals";
import { boxInView, type Point, toPixels } from "./camera.ts";
import type { Polygon } from "./polygon.ts";
import { LAYER } from "./raster.ts";
import type { MapSheet } from "./sheet.ts";

/** Pictures are shown once so few points are in view that there is room for them. */
const MAX_PICTURES = 260;
/** So many points in view are not looked at one by one: a filter rarely leaves so few of them. */
const MAX_AROUND = 20_000;
const PICTURE_EDGE = 44;
const NAME_FONT = "600 12px";
const NAME_PADDING = 3;

/** What lies over the points: names, thumbnails, the item under the pointer, and the lasso that is being drawn. */
export class Overlay {
  /** The outline being drawn, in pixels of the window; null for none. */
  readonly outline = signal<Polygon | null>(null);
  readonly #context: CanvasRenderingContext2D;
  readonly #images = new Map<string, HTMLImageElement>();
  readonly #arrived = signal(0);
  readonly #stops: (() => void)[];
  #frame = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly sheet: MapSheet,
  ) {
    this.#context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const { map } = sheet;
    const { store } = map;
    this.#stops = [
      store.thumbnails.onLoaded(() => {
        this.#arrived.value++;
      }),
      effect(() => {
        this.#arrived.value;
        this.outline.value;
        sheet.size.value;
        sheet.camera;
        map.layers.value;
        sheet.names.value;
        map.dark.value;
        sheet.byKeyboard.value;
        store.hovered.value;
        this.#frame ||= requestAnimationFrame(() => {
          this.#frame = 0;
          this.#draw();
        });
      }),
    ];
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    cancelAnimationFrame(this.#frame);
    this.sheet.map.store.thumbnails.forget(this);
  }

  #draw(): void {
    const { sheet, canvas } = this;
    const { width, height } = sheet.size.peek();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = this.#context;
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const [ground, text, accent] = ["--nbc-bg", "--nbc-text", "--nbc-accent"].map((name) =>
      style.getPropertyValue(name),
    );
    this.#drawPictures(ground, accent);
    this.#drawNames(style.fontFamily, ground, text);
    this.#drawHovered(ground, text);
    if (sheet.byKeyboard.peek()) this.#drawCross(width / 2, height / 2, text);
    this.#drawOutline(accent);
  }

  #drawPictures(ground: string, accent: string): void {
    const { sheet } = this;
    const { map } = sheet;
    const { thumbnails, selection } = map.store;
    const cloud = sheet.cloudNow;
    const view = boxInView(sheet.camera, sheet.size.peek());
    const layers = map.layers.peek();
    // The whole of a small data set is no deep zoom: there the points themselves are what is to be seen.
    const zoomed = sheet.frame.peek() !== null;
    const near = cloud && zoomed && cloud.index.countAround(view) < MAX_AROUND;
    const points = near ? cloud.index.around(view).filter((point) => layers[point] !== LAYER.hidden) : [];
    if (!cloud || !points.length || points.length > MAX_PICTURES) {
      thumbnails.forget(this);
      return;
    }
    const { keys } = map.items;
    const taken: Point[] = [];
    const wanted: number[] = [];
    for (const point of points) {
      const at = this.#pixels([cloud.x[point], cloud.y[point]]);
      const free = taken.every(
        ([x, y]) => Math.abs(x - at[0]) > PICTURE_EDGE * 0.8 || Math.abs(y - at[1]) > PICTURE_EDGE * 0.8,
      );
      if (!free) continue;
      taken.push(at);
      const key = keys[cloud.rows[point]];
      wanted.push(key);
      const image = this.#image(thumbnails.get(key, 192)?.url ?? null);
      if (image) this.#drawPicture(image, at, selection.marks.peek().kept.has(key) ? accent : ground);
    }
    thumbnails.want(this, 192, wanted, []);
  }

  #drawPicture(image: HTMLImageElement, [x, y]: Point, frame: string): void {
    const by = PICTURE_EDGE / Math.max(image.naturalWidth, image.naturalHeight);
    const [w, h] = [image.naturalWidth * by, image.naturalHeight * by];
    this.#context.fillStyle = frame;
    this.#context.fillRect(x - w / 2 - 2, y - h / 2 - 2, w + 4, h + 4);
    this.#context.drawImage(image, x - w / 2, y - h / 2, w, h);
  }

  #image(url: string | null): HTMLImageElement | null {
    if (!url) return null;
    let image = this.#images.get(url);
    if (!image) {
      image = new Image();
      image.onload = () => {
        this.#arrived.value++;
      };
      image.src = url;
      this.#images.set(url, image);
      if (this.#images.size > 2 * MAX_PICTURES)
        this.#images.delete(this.#images.keys().next().value as string);
    }
    return image.complete && image.naturalWidth ? image : null;
  }

  /** The largest classes first; a name that would lie over another is left out. */
  #drawNames(font: string, ground: string, text: string): void {
    const { sheet } = this;
    const context = this.#context;
    const { legend } = sheet.map.colouring.peek();
    const titles = new Map(legend.map(({ place, title }) => [place, title]));
    const { width } = sheet.size.peek();
    context.font = `${NAME_FONT} ${font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const boxes: [number, number, number][] = [];
    for (const { place, x, y } of sheet.names.peek()) {
      const title = titles.get(place);
      if (!title || place === 0) continue;
      const short = title.length > 24 ? `${title.slice(0, 23)}…` : title;
      const [px, py] = this.#pixels([x, y]);
      const half = context.measureText(short).width / 2 + NAME_PADDING;
      if (px < -half || px > width + half) continue;
      const free = boxes.every(
        ([ox, oy, other]) => Math.abs(ox - px) > half + other || Math.abs(oy - py) > 17,
      );
      if (!free) continue;
      boxes.push([px, py, half]);
      context.strokeStyle = ground;
      context.lineWidth = 4;
      context.strokeText(short, px, py);
      context.fillStyle = text;
      context.fillText(short, px, py);
    }
  }

  #drawHovered(ground: string, text: string): void {
    const key = this.sheet.map.store.hovered.peek();
    const place = key === null ? null : this.sheet.placeOf(key);
    this.canvas.dataset.hovered = place ? String(key) : ""; // for tests
    if (!place) return;
    const [x, y] = this.#pixels(place);
    const context = this.#context;
    for (const [width, colour] of [
      [5, ground],
      [2, text],
    ] as const) {
      context.beginPath();
      context.arc(x, y, 9, 0, 7);
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  #drawCross(x: number, y: number, text: string): void {
    const context = this.#context;
    context.beginPath();
    context.moveTo(x - 12, y);
    context.lineTo(x + 12, y);
    context.moveTo(x, y - 12);
    context.lineTo(x, y + 12);
    context.lineWidth = 1;
    context.strokeStyle = text;
    context.stroke();
  }

  #drawOutline(accent: string): void {
    const outline = this.outline.peek();
    if (!outline?.length) return;
    const context = this.#context;
    context.beginPath();
    for (const [x, y] of outline) context.lineTo(x, y);
    context.closePath();
    context.globalAlpha = 0.14;
    context.fillStyle = accent;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.strokeStyle = accent;
    context.stroke();
  }

  #pixels(point: Point): Point {
    return toPixels(this.sheet.camera, this.sheet.size.peek(), point);
  }
}
