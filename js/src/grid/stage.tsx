import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../lib/icons.tsx";
import type { Boxes } from "../lib/protocol.ts";
import type { Thumbnail } from "../lib/thumbnail-cache.ts";
import type { GridController } from "./controller.ts";
import { type PreviewContent, PreviewLoader } from "./preview-loader.ts";
import { Zoomable } from "./zoomable.tsx";

const SIZES = { min: 64, max: 2048 };

/** An item on the stage: what is known of it by now. */
export interface OnStage {
  key: number;
  id: string;
  thumbnail: Thumbnail | undefined;
  content: PreviewContent | null;
  /** What is drawn on it, if a person wants to see that. */
  boxes: Boxes | null;
}

/** Loads an item for a stage in `box`: its picture, its facts, and what is drawn on it. Null: none is wanted. */
export function useOnStage(
  controller: GridController,
  key: number | null,
  box: { readonly current: HTMLElement | null },
): OnStage | null {
  const { store, state } = controller;
  const loader = useMemo(() => new PreviewLoader(store), [store]);
  const dataset = store.dataset.value;
  const hasObjects = dataset.status === "ready" && dataset.value.hasObjects;
  const drawing = state.boxes.value;
  const arrived = store.objects.arrived.value;
  const loaded = loader.content.value;
  const content = loaded?.key === key ? loaded : null;
  const isBox = content?.details?.isBox ?? false;

  useEffect(() => () => loader.close(), [loader]);
  useEffect(() => {
    if (!box.current || key === null) {
      loader.close();
      return;
    }
    const edge = Math.max(box.current.clientWidth, box.current.clientHeight) * devicePixelRatio;
    loader.show(key, Math.round(Math.min(Math.max(edge, SIZES.min), SIZES.max)));
  }, [key, loader, box]);
  useEffect(() => {
    if (key === null || !drawing) return;
    if (isBox) loader.showWhole();
    else if (hasObjects) store.objects.want([key]);
  }, [key, drawing, isBox, hasObjects, arrived, loader, store]);

  if (key === null) return null;
  const thumbnail = store.thumbnails.get(key, 384);
  return {
    key,
    id: content?.details?.id ?? thumbnail?.id ?? `image ${key}`,
    thumbnail,
    content,
    boxes: drawing ? (content?.whole?.boxes ?? store.objects.get(key)) : null,
  };
}

/** The picture of an item as large as there is room, or why there is none. */
export function Picture({ controller, item }: { controller: GridController; item: OnStage }) {
  const { id, thumbnail, content, boxes } = item;
  const large = boxes && content?.whole ? content.whole.url : content?.url;
  const url = large ?? thumbnail?.url;
  if (url) return <Zoomable url={url} alt={id} rough={!large} zoom={controller.state.zoom} boxes={boxes} />;
  const reason = content?.reason ?? thumbnail?.status;
  if (!reason) return null;
  return (
    <div class="message">
      <Icon name="broken" />
      {reason}
    </div>
  );
}
