import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { uint32Of } from "../lib/wire/checks.ts";
import type { GridController } from "./controller.ts";

const COUNT = 8;
/** They are asked for once the walk pauses. */
const PAUSE = 150;

/** What is most like the previewed item, in a strip beside it. A click goes there. */
export function PreviewNeighbours({ controller, itemKey }: { controller: GridController; itemKey: number }) {
  const { store, view } = controller;
  const keys = useSignal<number[]>([]);
  const arrived = useSignal(0);
  const dataset = store.dataset.value;
  const searchable = dataset.status === "ready" && dataset.value.embeddings !== null;
  useEffect(() => {
    if (!searchable) return;
    keys.value = [];
    const wish = {};
    let cancel = () => {};
    const timer = setTimeout(() => {
      const buffers = [Uint32Array.of(itemKey).buffer, new ArrayBuffer(0)];
      const call = store.rpc.request("neighbours", { view, k: COUNT }, { buffers });
      cancel = () => call.cancel();
      call.answer.then(
        ({ buffers }) => {
          keys.value = [...uint32Of(buffers[0])];
          store.thumbnails.want(wish, 192, keys.value, []);
        },
        () => {}, // the picture is what matters
      );
    }, PAUSE);
    const stop = store.thumbnails.onLoaded(() => {
      arrived.value++;
    });
    return () => {
      clearTimeout(timer);
      cancel();
      stop();
      store.thumbnails.forget(wish);
    };
  }, [itemKey, searchable, store, view, keys, arrived]);
  arrived.value;
  const marks = store.selection.marks.value;
  if (!searchable) return null;
  return (
    <div
      class="preview-neighbours"
      role="group"
      aria-label="Most similar"
      data-testid="nbc-preview-neighbours"
    >
      {keys.value.map((key) => {
        const thumbnail = store.thumbnails.get(key, 192);
        return (
          <button
            key={key}
            type="button"
            title={thumbnail?.id}
            aria-label={`Go to ${thumbnail?.id ?? `image ${key}`}`}
            data-mark={marks.of(key) ?? "none"}
            onClick={() => controller.goTo(key)}
          >
            {thumbnail?.url && <img src={thumbnail.url} alt="" draggable={false} />}
          </button>
        );
      })}
    </div>
  );
}
