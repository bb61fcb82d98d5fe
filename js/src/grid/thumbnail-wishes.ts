import type { Thumbnails } from "../lib/pictures/thumbnails.ts";
import type { ThumbnailSize } from "../lib/wire/protocol.ts";

/** Thumbnails are asked for at most this often while scrolling. */
const ASK_EVERY = 70;

interface Window {
  /** Of the content, px. */
  top: number;
  height: number;
  size: ThumbnailSize;
}

/** Asks for the thumbnails of a scrolling window: what is in it first, then a screen below and half a screen above. */
export class ThumbnailWishes {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #window: Window | null = null;

  constructor(
    private readonly thumbnails: Thumbnails,
    private readonly keysBetween: (from: number, to: number) => number[],
  ) {}

  /** The window is here now. After a jump what was under way is of no use, so the wait begins anew. */
  ask(window: Window): void {
    const jumped = Math.abs(window.top - (this.#window?.top ?? 0)) > window.height;
    this.#window = window;
    if (jumped) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, ASK_EVERY);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.thumbnails.forget(this);
  }

  #send(): void {
    const { top, height, size } = this.#window as Window;
    const bottom = top + height;
    const ahead = [...this.keysBetween(bottom, bottom + height), ...this.keysBetween(top - height / 2, top)];
    this.thumbnails.want(this, size, this.keysBetween(top, bottom), ahead);
  }
}
