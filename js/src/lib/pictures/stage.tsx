import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Icon } from "../ui/icons.tsx";
import { type DrawnFacts, NO_FACTS } from "./drawn-objects.ts";
import type { PictureSource } from "./picture-source.ts";
import { type PreviewContent, PreviewLoader } from "./preview-loader.ts";
import type { Drawing } from "./shapes.ts";
import type { Thumbnail } from "./thumbnail-cache.ts";
import { type Zoom, Zoomable } from "./zoomable.tsx";

const SIZES = { min: 64, max: 2048 };

/** An item on the stage: what is known of it by now. */
export interface OnStage {
  key: number;
  id: string;
  thumbnail: Thumbnail | undefined;
  content: PreviewContent | null;
  /** What is drawn on it, if a person wants to see that, in the colours of these classes. */
  drawing: Drawing | null;
  facts: DrawnFacts;
  /** Names of all that is labelled on it, where that is shown. */
  objects: readonly string[] | undefined;
}

/** Whether boxes are drawn, and beside the labels which predictions. */
export interface WhatIsDrawn {
  draws: boolean;
  predictions: string | null;
}

/**
 * Loads an item for a stage in `box`: its picture, its facts, and what is drawn on it. Null: none is wanted.
 */
export function useOnStage(
  source: PictureSource,
  key: number | null,
  box: { readonly current: HTMLElement | null },
  { draws, predictions }: WhatIsDrawn,
): OnStage | null {
  const loader = useMemo(() => new PreviewLoader(source), [source]);
  const dataset = source.dataset.value;
  const hasObjects = dataset.status === "ready" && dataset.value.hasObjects;
  const arrived = source.objects.arrived.value;
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
    if (key === null || !draws) return;
    if (isBox) loader.showWhole();
    if (isBox ? predictions !== null : hasObjects || predictions !== null)
      source.objects.want([key], predictions);
  }, [key, draws, predictions, isBox, hasObjects, arrived, loader, source]);

  if (key === null) return null;
  const thumbnail = source.thumbnails.get(key, 384);
  const whole = content?.whole && source.objects.around(key, content.whole.boxes, predictions);
  return {
    key,
    id: content?.details?.id ?? thumbnail?.id ?? `image ${key}`,
    thumbnail,
    content,
    drawing: draws ? (whole ?? source.objects.get(key, predictions)) : null,
    facts: draws ? source.objects.facts(predictions) : NO_FACTS,
    objects: draws && !whole ? source.objects.namesOn(key) : undefined,
  };
}

interface StageProps {
  item: OnStage;
  source: PictureSource;
  zoom: Signal<Zoom>;
  /** Stands in the corner, to tell it from the one beside it. */
  caption?: string | null;
  testid?: string;
  children?: ComponentChildren;
}

/** A picture as large as there is room, with its mark. */
export function Stage({ item, source, zoom, caption, testid, children }: StageProps) {
  const mark = source.selection.marks.value.of(item.key) ?? "none";
  return (
    <div class="stage" data-testid={testid} data-key={item.key} data-mark={mark}>
      <LargePicture item={item} zoom={zoom} />
      {caption && <b class="stage-name">{caption}</b>}
      {children}
    </div>
  );
}

/** The picture, or why there is none. */
function LargePicture({ item, zoom }: { item: OnStage; zoom: Signal<Zoom> }) {
  const { id, thumbnail, content, drawing, facts } = item;
  const large = drawing && content?.whole ? content.whole.url : content?.url;
  const url = large ?? thumbnail?.url;
  if (url) return <Zoomable url={url} alt={id} rough={!large} zoom={zoom} drawing={drawing} facts={facts} />;
  const reason = content?.reason ?? thumbnail?.status;
  if (!reason) return null;
  return (
    <div class="message">
      <Icon name="broken" />
      {reason}
    </div>
  );
}
