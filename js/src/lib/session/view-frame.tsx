import { type Signal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { COMMON_KEYS, type Commands, runCommand } from "../ui/commands.ts";
import { type KeyList, KeysHelp } from "../ui/keys-help.tsx";
import { NoticeLine, type Notices } from "../ui/notices.tsx";
import type { SessionStore } from "./session-store.ts";

/** As much of a view's controller as its frame needs. */
interface Framed {
  store: SessionStore;
  notices: Notices;
  state: { height: Signal<number>; helping: Signal<boolean> };
}

interface ViewFrameProps {
  controller: Framed;
  keys: KeyList;
  commands: Commands;
  /** What is in the toolbar; nothing for a view without one. */
  toolbar?: ComponentChildren;
  /** Between toolbar and window, such as chips. */
  above?: ComponentChildren;
  status: ComponentChildren;
  /** How the view looks, at the end of the status line: away from what changes the data. */
  options?: ComponentChildren;
  /** What lies over all of that, such as a preview: what is under it is out of reach, for the tab key too. */
  over?: ComponentChildren;
  /** Gives the focus back to the view; by default to what had it before something lay over it. */
  takeFocus?: () => void;
  label: string;
  children: ComponentChildren;
}

/** The frame of a view: toolbar, window, status line, and what may lie over them. */
export function ViewFrame(props: ViewFrameProps) {
  const { label } = props;
  const { store, notices, state } = props.controller;
  const { height, helping } = state;
  const shell = useRef<HTMLElement>(null);
  const focused = useRef<HTMLElement | null>(null);
  const covered = helping.value || Boolean(props.over);
  const wasCovered = useRef(covered);
  const giveFocusBack = () => {
    if (props.takeFocus) props.takeFocus();
    else (focused.current?.isConnected ? focused.current : shell.current)?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    // The focus that was on what lay over the view comes back: without it the keys would go nowhere.
    if (wasCovered.current && !covered) giveFocusBack();
    wasCovered.current = covered;
  });
  useSignalEffect(() => {
    const refusal = store.refusal.value;
    if (refusal) notices.say(`The kernel refused this: ${refusal.reason}`);
  });
  return (
    <section
      class={`shell ${store.connection.state.value === "gone" ? "cut-off" : ""}`}
      style={{ height: `${height.value}px`, "--height": `${height.value}px` }}
      aria-label={label}
      tabIndex={-1}
      ref={shell}
      onFocusIn={({ target }) => {
        if (!(target as HTMLElement).closest(".overlay")) focused.current = target as HTMLElement;
      }}
      onKeyDown={(event) =>
        runCommand(event, commandsNow(props), () => {
          if (props.takeFocus) props.takeFocus();
          else shell.current?.focus({ preventScroll: true });
        })
      }
    >
      <div class="base" inert={covered}>
        {props.toolbar && (
          <div class="toolbar" role="toolbar" aria-label={label}>
            {props.toolbar}
          </div>
        )}
        {props.above}
        <div class="window">{props.children}</div>
        <div class="status">
          {props.status}
          <NoticeLine notices={notices} onUndo={() => void store.undo()} />
          <div class="view-options">
            {props.options}
            <Button
              icon="help"
              title="Keys (?)"
              testid="nbc-help"
              onClick={() => {
                helping.value = true;
              }}
            />
          </div>
        </div>
      </div>
      {props.over}
      <KeysHelp keys={[...props.keys, ...COMMON_KEYS]} open={helping} />
      <Banner connection={store.connection} />
    </section>
  );
}

/** The view's own keys and those of every view; while the keys are listed, only the latter. */
function commandsNow({ controller, commands }: ViewFrameProps): Commands {
  const { store, state } = controller;
  const { helping } = state;
  const common: Commands = {
    "?": () => {
      helping.value = true;
    },
    "ctrl+z": () => void store.undo(),
    "ctrl+shift+z": () => void store.redo(),
    "ctrl+y": () => void store.redo(),
  };
  if (!helping.peek()) return { ...common, ...commands };
  const close = () => {
    helping.value = false;
  };
  return { ...common, Escape: close };
}
