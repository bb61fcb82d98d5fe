import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { FilterMenu } from "../lib/session/filter-menu.tsx";
import { MarkStatus, UndoButtons } from "../lib/session/mark-status.tsx";
import { ViewFrame } from "../lib/session/view-frame.tsx";
import { Button } from "../lib/ui/button.tsx";
import { FilterChips } from "../lib/ui/chips.tsx";
import type { Commands } from "../lib/ui/commands.ts";
import { Icon } from "../lib/ui/icons.tsx";
import type { KeyList } from "../lib/ui/keys-help.tsx";
import { MessageOver, waitingMessage } from "../lib/ui/message.tsx";
import type { CuratorController } from "./controller.ts";
import { PANES, type PaneName, type Slot, shownPane } from "./layout.ts";
import { SelectionBar } from "./selection-bar.tsx";

const ALL_PANES = Object.keys(PANES) as PaneName[];

const KEYS: KeyList = [
  ["Alt+1 … Alt+5", "images, map, clusters, balance, findings"],
  ["Alt+F", "fill the screen, or leave it"],
  ["Shift+L", "label what is kept"],
  ["? in a view", "the keys of that view"],
];

/** All views on one page: one bar, one set of chips, one selection. */
export function Shell({ controller }: { controller: CuratorController }) {
  const { store, filter } = controller;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current as HTMLElement;
    const host = (element.getRootNode() as ShadowRoot).host;
    const measured = new ResizeObserver(() => {
      if (element.clientWidth) controller.width.value = element.clientWidth;
    });
    const onFull = () => {
      controller.isFull.value = document.fullscreenElement === host;
    };
    measured.observe(element);
    document.addEventListener("fullscreenchange", onFull);
    return () => {
      measured.disconnect();
      document.removeEventListener("fullscreenchange", onFull);
    };
  }, [controller]);
  const toggleFull = () => {
    const host = ((box.current as HTMLElement).getRootNode() as ShadowRoot).host;
    const change = controller.isFull.peek() ? document.exitFullscreen() : host.requestFullscreen();
    change.catch(() => controller.notices.say("This page may not fill the screen"));
  };
  return (
    <ViewFrame
      controller={controller}
      keys={KEYS}
      commands={commandsOf(controller, toggleFull)}
      label="Curator"
      toolbar={
        <>
          <b class="dataset-name">
            {store.dataset.value.status === "ready" && store.dataset.value.value.name}
          </b>
          <FilterMenu filter={filter} columns={store.columns} />
          <SelectionBar controller={controller} />
          <UndoButtons store={store} />
          <Button
            icon="full"
            title={controller.isFull.value ? "Leave the full screen (alt+F)" : "Fill the screen (alt+F)"}
            testid="nbc-full"
            pressed={controller.isFull.value}
            onClick={toggleFull}
          />
        </>
      }
      above={<FilterChips filter={filter.filter.value} />}
      status={<MarkStatus store={store} filter={filter} />}
    >
      <div class="slots" ref={box} data-slots={controller.slots.value.length} data-testid="nbc-slots">
        {controller.slots.value.map((slot) => (
          <SlotView key={slot.name} slot={slot} controller={controller} />
        ))}
      </div>
      <MessageOver message={waitingMessage([store.dataset.value])} />
    </ViewFrame>
  );
}

/** A place of the page, with tabs where several panes share it. */
function SlotView({ slot, controller }: { slot: Slot; controller: CuratorController }) {
  const { state } = controller;
  const shown = shownPane(slot, state.chosen.value);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current as HTMLElement;
    const panes = slot.panes.filter((pane) => pane === shown || controller.isMounted(pane));
    for (const name of panes) {
      const pane = controller.pane(name);
      if (pane.parentElement !== element) element.append(pane);
      pane.hidden = name !== shown;
    }
  }, [controller, slot, shown]);
  return (
    <div class={`slot ${slot.name}`}>
      {slot.panes.length > 1 && (
        <div class="tabs" role="tablist" aria-label="Views">
          {slot.panes.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === shown}
              tabIndex={name === shown ? 0 : -1}
              data-testid={`nbc-tab-${name}`}
              onClick={() => state.choose(name)}
              onKeyDown={(event) => {
                const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (!by) return;
                const at = (slot.panes.indexOf(name) + by + slot.panes.length) % slot.panes.length;
                state.choose(slot.panes[at]);
                (event.currentTarget.parentElement as HTMLElement).querySelectorAll("button")[at].focus();
              }}
            >
              <Icon name={PANES[name].icon} />
              {PANES[name].title}
            </button>
          ))}
        </div>
      )}
      <div class="slot-panes" ref={box} />
    </div>
  );
}

function commandsOf(controller: CuratorController, toggleFull: () => void): Commands {
  const choose = ALL_PANES.map((pane, at): [string, () => void] => [
    `alt+${at + 1}`,
    () => controller.state.choose(pane),
  ]);
  return {
    ...Object.fromEntries(choose),
    "alt+f": toggleFull,
    "shift+l": () => controller.labelling.start(),
  };
}
