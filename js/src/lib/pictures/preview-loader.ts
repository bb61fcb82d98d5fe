import { signal } from "@preact/signals";
import { type Boxes, parseBoxes } from "../wire/boxes.ts";
import { bytesOf } from "../wire/checks.ts";
import { messageOf } from "../wire/loadable.ts";
import { type ItemDetails, parseDetails } from "../wire/protocol.ts";
import type { Call } from "../wire/rpc.ts";
import type { PictureSource } from "./picture-source.ts";

export interface PreviewContent {
  key: number;
  url: string | null;
  details: ItemDetails | null;
  /** Why there is no picture. */
  reason: string | null;
  /** Of an item that is a box: the image around it, with the box, once that was asked for. */
  whole: { url: string; boxes: Boxes } | null;
}

/** A large picture is asked for once the walk pauses, so that holding an arrow key does not queue up dozens. */
const PAUSE = 90;

/** The large picture and the facts of one item at a time. */
export class PreviewLoader {
  readonly content = signal<PreviewContent | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #calls: Call[] = [];
  #size = 0;
  #asksWhole = false;

  constructor(private readonly source: PictureSource) {}

  show(key: number, size: number): void {
    if (this.content.peek()?.key === key) return;
    this.close();
    this.#size = size;
    this.content.value = { key, url: null, details: null, reason: null, whole: null };
    this.#timer = setTimeout(() => {
      void this.#loadPicture(key, size);
      void this.#loadDetails(key);
    }, PAUSE);
  }

  /** Gets the image that the item is a box on, too. */
  showWhole(): void {
    const key = this.content.peek()?.key;
    if (key === undefined || this.#asksWhole) return;
    this.#asksWhole = true;
    void this.#loadWhole(key);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const call of this.#calls) call.cancel();
    this.#calls = [];
    this.#asksWhole = false;
    const content = this.content.peek();
    for (const url of [content?.url, content?.whole?.url]) if (url) URL.revokeObjectURL(url);
    this.content.value = null;
  }

  async #loadWhole(key: number): Promise<void> {
    try {
      const { results, buffers } = await this.#call("whole", { key, size: this.#size });
      const whole = { url: urlOf(buffers[0]), boxes: parseBoxes(results[0]) };
      if (!this.#update(key, { whole })) URL.revokeObjectURL(whole.url);
    } catch {
      // The box itself is still there.
    }
  }

  async #loadPicture(key: number, size: number): Promise<void> {
    try {
      const { buffers } = await this.#call("preview", { key, size });
      const url = urlOf(buffers[0]);
      if (!this.#update(key, { url })) URL.revokeObjectURL(url);
    } catch (error) {
      this.#update(key, { reason: messageOf(error) });
    }
  }

  async #loadDetails(key: number): Promise<void> {
    try {
      const { results } = await this.#call("details", { key });
      this.#update(key, { details: parseDetails(results[0]) });
    } catch {
      // The picture is what matters; without the facts its name still stands.
    }
  }

  #call(method: string, params: Record<string, number>) {
    const call = this.source.rpc.request(method, params, { timeout: 0 });
    this.#calls.push(call);
    return call.answer;
  }

  #update(key: number, change: Partial<PreviewContent>): boolean {
    const content = this.content.peek();
    if (content?.key !== key) return false;
    this.content.value = { ...content, ...change };
    return true;
  }
}

function urlOf(jpeg: DataView): string {
  return URL.createObjectURL(new Blob([bytesOf(jpeg)], { type: "image/jpeg" }));
}
