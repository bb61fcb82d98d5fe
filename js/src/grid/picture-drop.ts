/** Pictures that are dropped on the grid, or pasted while it has the focus: what is similar to them is shown. */
import type { GridController } from "./controller.ts";
import { pictureOf } from "./picture-file.ts";
import { searchPicture } from "./searching.ts";

/** Follows what is dragged over the window of tiles, and what is pasted in the view. Answers how to stop. */
export function listenToPictures(scroller: HTMLElement, controller: GridController): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const view = scroller.closest("section") ?? scroller;
  const search = (data: DataTransfer | null) => {
    const file = pictureOf(data);
    if (file) void searchPicture(controller, file);
    else controller.notices.say("This is no picture: drop or paste a JPEG, PNG or WebP file");
  };
  const over = (on: boolean) => {
    controller.dropping.value = on;
  };
  // Items of the grid itself are dragged, too: those are no files.
  const brings = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

  view.addEventListener(
    "dragover",
    (event) => {
      if (!brings(event as DragEvent)) return;
      event.preventDefault(); // the notebook would upload it, or the browser show it in the place of the page
      event.stopPropagation();
      over(true);
    },
    { signal },
  );
  view.addEventListener(
    "dragleave",
    (event) => {
      if (!view.contains((event as DragEvent).relatedTarget as Node | null)) over(false);
    },
    { signal },
  );
  view.addEventListener(
    "drop",
    (event) => {
      if (!brings(event as DragEvent)) return;
      event.preventDefault();
      event.stopPropagation();
      over(false);
      search((event as DragEvent).dataTransfer);
    },
    { signal },
  );
  view.addEventListener(
    "paste",
    (event) => {
      const { clipboardData } = event as ClipboardEvent;
      const inField = (event.target as Element).matches("input, textarea");
      if (inField && !clipboardData?.files.length) return; // words go into the field
      event.preventDefault();
      event.stopPropagation();
      search(clipboardData);
    },
    { signal },
  );
  return () => listening.abort();
}
