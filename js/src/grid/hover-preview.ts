import type { GridController } from "./controller.ts";

/** How long the pointer rests on a tile before the picture comes up large. */
const REST = 650;
/** Tiles of this size are large enough to see. */
const LARGE = 230;
const EDGE = 280;

/** The picture of the tile under a resting pointer, larger and beside it. Gone with the first move away or click. */
export class HoverPreview {
  readonly #element = document.createElement("div");
  readonly #picture = document.createElement("img");
  readonly #stop: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tile: HTMLElement | null = null;
  #key: number | null = null;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly controller: GridController,
  ) {
    this.#element.className = "hover-preview";
    this.#element.dataset.testid = "nbc-hover-preview";
    this.#picture.alt = "";
    this.#element.append(this.#picture);
    const { thumbnails } = controller.store;
    const stopListening = thumbnails.onLoaded(() => this.#fill());
    const hide = () => this.hide();
    scroller.addEventListener("pointerover", (event) => this.#follow(event));
    for (const type of ["pointerleave", "pointerdown", "scroll"]) scroller.addEventListener(type, hide);
    this.#stop = () => {
      stopListening();
      hide();
    };
  }

  destroy(): void {
    this.#stop();
  }

  hide(): void {
    if (!this.#tile) return; // as in nearly every frame of scrolling
    clearTimeout(this.#timer);
    this.#tile = null;
    this.#key = null;
    this.#element.remove();
    this.controller.store.thumbnails.forget(this);
  }

  #follow(event: PointerEvent): void {
    const tile = (event.target as Element).closest<HTMLElement>(".tile");
    if (tile === this.#tile) return;
    this.hide();
    // Tiles that scroll under a pointer at rest are not what it points at.
    const moved = event.movementX !== 0 || event.movementY !== 0;
    if (!tile || !moved || event.pointerType === "touch" || tile.clientWidth >= LARGE) return;
    this.#tile = tile;
    this.#timer = setTimeout(() => this.#open(tile), REST);
  }

  #open(tile: HTMLElement): void {
    const window = this.scroller.getBoundingClientRect();
    const box = tile.getBoundingClientRect();
    const right = box.right - window.left + 8;
    const left = right + EDGE < window.width ? right : box.left - window.left - EDGE - 8;
    const top = Math.min(Math.max(box.top - window.top, 8), Math.max(window.height - EDGE - 8, 8));
    if (left < 0 || EDGE > window.height) return; // there is no room beside it
    this.#element.style.cssText = `left:${left}px;top:${top}px;width:${EDGE}px;height:${EDGE}px`;
    this.#key = Number(tile.dataset.key);
    this.scroller.parentElement?.append(this.#element);
    this.controller.store.thumbnails.want(this, 384, [this.#key], []);
    this.#fill();
  }

  #fill(): void {
    const url = this.#key === null ? null : this.controller.store.thumbnails.get(this.#key, 384)?.url;
    if (url && this.#picture.src !== url) this.#picture.src = url;
  }
}
