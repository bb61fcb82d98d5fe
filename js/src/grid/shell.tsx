import { useEffect, useRef } from "preact/hooks";
import { Banner } from "../lib/banner.tsx";
import { Icon } from "../lib/icons.tsx";
import { KeysHelp } from "../lib/keys-help.tsx";
import type { GridController } from "./controller.ts";
import { handleKey, KEYS } from "./keyboard.ts";
import { Preview } from "./preview.tsx";
import { QueryHeader } from "./query-header.tsx";
import { StatusLine } from "./status-line.tsx";
import { Toolbar } from "./toolbar.tsx";
import { Viewport } from "./viewport.ts";

/** The grid's frame: toolbar, the scrolling tiles, status line, and what may lie over them. */
export function Shell({ controller }: { controller: GridController }) {
  const scroller = useRef<HTMLDivElement>(null);
  const viewport = useRef<Viewport | null>(null);
  const { store, state } = controller;
  const dataset = store.dataset.value;
  const name = dataset.status === "ready" ? dataset.value.name : "";
  const connection = store.connection.state.value;

  useEffect(() => {
    const made = new Viewport(scroller.current as HTMLElement, controller);
    viewport.current = made;
    return () => {
      viewport.current = null;
      made.destroy();
    };
  }, [controller]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of everything inside arrive here
    <div
      class={`shell ${connection === "gone" ? "cut-off" : ""}`}
      style={{ height: `${state.height.value}px` }}
      onKeyDown={(event) => {
        if (viewport.current) handleKey(event, controller, viewport.current);
      }}
    >
      {/* What lies under a dialog is out of reach, for the tab key too. */}
      <div class="base" inert={state.previewing.value || state.helping.value}>
        <Toolbar controller={controller} />
        <QueryHeader controller={controller} />
        <div class="window">
          <div
            class={`scroller ${controller.showsNeighbours.value ? "adds" : ""} ${controller.waiting.value ? "waiting" : ""}`}
            ref={scroller}
            role="grid"
            aria-label={`Images of ${name}`}
            aria-multiselectable="true"
            tabIndex={0}
            data-testid="nbc-scroller"
          />
          <Message controller={controller} />
        </div>
        <StatusLine controller={controller} />
      </div>
      <Preview controller={controller} viewport={() => viewport.current} />
      <KeysHelp keys={KEYS} open={state.helping} />
      <Banner connection={store.connection} />
    </div>
  );
}

/** What stands in the grid's place while there is nothing to show. */
function Message({ controller }: { controller: GridController }) {
  const text = messageOf(controller);
  if (!text) return null;
  return (
    <div class={`message over ${text.kind}`} data-testid="nbc-message" data-kind={text.kind}>
      {text.kind === "failed" && <Icon name="broken" />}
      <p>{text.title}</p>
      {text.detail && <p class="detail">{text.detail}</p>}
    </div>
  );
}

interface Text {
  kind: "loading" | "empty" | "failed";
  title: string;
  detail?: string;
}

function messageOf(controller: GridController): Text | null {
  const { store, state } = controller;
  const dataset = store.dataset.value;
  const items = store.data(controller.view).items.value;
  for (const loadable of [dataset, items]) {
    if (loadable.status === "failed") {
      return { kind: "failed", title: "This data set could not be shown", detail: loadable.reason };
    }
    if (loadable.status === "loading") return { kind: "loading", title: "Loading…" };
  }
  if (controller.listing.value.keys.length || controller.listing.value.groups?.length) return null;
  const neighbours = controller.neighbours.state.value;
  if (neighbours?.status === "loading") return { kind: "loading", title: "Looking for neighbours…" };
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
