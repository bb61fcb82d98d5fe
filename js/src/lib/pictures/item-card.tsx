import { useSignal, useSignalEffect } from "@preact/signals";
import type { PictureSource } from "./picture-source.ts";

/** The picture and the name of an item, for a tooltip. `note` is a line below, such as its class. */
export function ItemCard({
  source,
  itemKey,
  note,
}: {
  source: PictureSource;
  itemKey: number;
  note?: string;
}) {
  const arrived = useSignal(0);
  const wanted = useSignal(itemKey);
  wanted.value = itemKey;
  useSignalEffect(() => {
    const wish = {};
    const stop = source.thumbnails.onLoaded(() => {
      arrived.value++;
    });
    source.thumbnails.want(wish, 192, [wanted.value], []);
    return () => {
      stop();
      source.thumbnails.forget(wish);
    };
  });
  arrived.value;
  const thumbnail = source.thumbnails.get(itemKey, 192);
  return (
    <div class="item-card" data-testid="nbc-card" data-id={thumbnail?.id}>
      <div class="item-card-picture">{thumbnail?.url && <img src={thumbnail.url} alt="" />}</div>
      <b>{thumbnail?.id ?? "…"}</b>
      {note && <span>{note}</span>}
    </div>
  );
}
