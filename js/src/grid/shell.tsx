import { useEffect, useRef } from "preact/hooks";
import { MarkStatus, shownText } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import { type Message, MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import type { GridController } from "./controller.ts";
import { commandsOf, KEYS } from "./keyboard.ts";
import { listenToPictures } from "./picture-drop.ts";
import { GridPreview } from "./preview.tsx";
import { QueryHeader } from "./query-header.tsx";
import { listenToTileDrags } from "./tile-drag.ts";
import { Toolbar } from "./toolbar.tsx";
import { ViewOptions } from "./view-options.tsx";
import { Viewport } from "./viewport.ts";

/** The grid's frame: toolbar, whose neighbours they are, the scrolling tiles, and the preview over them. */
export function Shell({ controller }: { controller: GridController }) {
  const scroller = useRef<HTMLDivElement>(null);
  const viewport = useRef<Viewport | null>(null);
  const { store, state } = controller;
  const dataset = store.dataset.value;
  const name = dataset.status === "ready" ? dataset.value.name : "";

  useEffect(() => {
    const made = new Viewport(scroller.current as HTMLElement, controller);
    viewport.current = made;
    const element = scroller.current as HTMLElement;
    const stops = [listenToTileDrags(element, controller), listenToPictures(element, controller)];
    return () => {
      viewport.current = null;
      made.destroy();
      for (const stop of stops) stop();
    };
  }, [controller]);

  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller, viewport)}
      label="Grid"
      toolbar={<Toolbar controller={controller} />}
      above={<QueryHeader controller={controller} />}
      status={<Status controller={controller} />}
      options={<ViewOptions controller={controller} />}
      over={
        state.preview.open.value && (
          <GridPreview controller={controller} onWalk={() => viewport.current?.revealFocus(false)} />
        )
      }
      takeFocus={() => viewport.current?.takeFocus()}
    >
      <div
        class={`scroller ${controller.showsNeighbours.value ? "adds" : ""} ${controller.waiting.value ? "waiting" : ""}`}
        ref={scroller}
        role="grid"
        aria-label={`Images of ${name}`}
        aria-multiselectable="true"
        tabIndex={0}
        data-testid="nbc-scroller"
      />
      <MessageOver message={messageOf(controller)} />
      {controller.dropping.value && (
        <div class="drop-here" data-testid="nbc-drop-here">
          <p>Drop a picture: what is similar to it is shown</p>
        </div>
      )}
    </ViewFrame>
  );
}

function Status({ controller }: { controller: GridController }) {
  const { store, filter } = controller;
  const shown = controller.listing.value.keys.length;
  if (controller.showsNeighbours.value) {
    return <MarkStatus store={store} filter={filter} listed={`${shown.toLocaleString("en")} nearest`} />;
  }
  return (
    <>
      <MarkStatus store={store} filter={filter} listed={shownText(shown, controller.items.count)} />
      <FilterChips filter={filter.filter.value} />
    </>
  );
}

/** What stands in the grid's place while there is nothing to show. */
function messageOf(controller: GridController): Message | null {
  const { store, state } = controller;
  const parts = [store.dataset.value, controller.filter.data.items.value];
  const waiting = waitingMessage(parts, { failed: "This data set could not be shown" });
  if (waiting) return waiting;
  if (controller.listing.value.keys.length || controller.listing.value.groups?.length) return null;
  const neighbours = controller.neighbours.state.value;
  if (neighbours?.status === "loading") {
    return {
      kind: "loading",
      title: neighbours.loadsModel ? "Loading the model…" : "Looking for neighbours…",
    };
  }
  if (neighbours?.status === "failed") {
    return { kind: "failed", title: "No neighbours to show", detail: neighbours.reason };
  }
  if (neighbours) return { kind: "empty", title: "No neighbours" };
  if (!controller.items.count) {
    return {
      kind: "empty",
      title: "This data set is empty",
      detail: "Add images to it, and they appear here.",
    };
  }
  const which = { all: "", kept: "kept ", rejected: "rejected ", unmarked: "unmarked " }[
    state.markFilter.value
  ];
  const filtered = controller.filter.filter.value.predicates.value.size > 0;
  return { kind: "empty", title: `No ${which}items${filtered ? " pass the filter" : " here"}` };
}
