import { signal } from "@preact/signals";
import type { ThumbnailSize } from "../wire/protocol.ts";
import type { PictureSource } from "./picture-source.ts";
import type { Thumbnail } from "./thumbnail-cache.ts";

/** The pictures that a view drawn by Preact shows: asked for together, drawn as they come. */
export class ShownPictures {
  readonly #arrived = signal(0);
  readonly #stop: () => void;

  constructor(
    private readonly source: PictureSource,
    private readonly size: ThumbnailSize = 192,
  ) {
    this.#stop = source.thumbnails.onLoaded(() => {
      this.#arrived.value++;
    });
  }

  /** Replaces what is asked for: what is seen now, and what may be seen next. */
  want(visible: number[], ahead: number[] = []): void {
    this.source.thumbnails.want(this, this.size, visible, ahead);
  }

  /** The picture and facts of an item, once they are here; who reads them is drawn again when more come. */
  get(key: number): Thumbnail | undefined {
    this.#arrived.value;
    return this.source.thumbnails.get(key, this.size);
  }

  /** The item under the pointer, shown in the other views; null: none any more. */
  hover(key: number | null): void {
    this.source.hovered.value = key;
  }

  stop(): void {
    this.#stop();
    this.source.thumbnails.forget(this);
  }
}

interface PictureProps {
  pictures: ShownPictures;
  itemKey: number;
  /** The item is named beside the picture. */
  named?: boolean;
}

/** A picture of an item, grey until it comes. */
export function Picture({ pictures, itemKey, named }: PictureProps) {
  const thumbnail = pictures.get(itemKey);
  const broken = thumbnail && !thumbnail.url;
  return (
    <span
      class="shown-picture"
      data-id={thumbnail?.id}
      onPointerEnter={() => pictures.hover(itemKey)}
      onPointerLeave={() => pictures.hover(null)}
      title={broken ? `${thumbnail.id}: no picture (${thumbnail.status})` : thumbnail?.id}
    >
      {thumbnail?.url && <img src={thumbnail.url} alt={named ? "" : thumbnail.id} draggable={false} />}
    </span>
  );
}
