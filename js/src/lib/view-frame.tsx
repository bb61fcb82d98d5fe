import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { COMMON_KEYS, type Commands, runCommand } from "./commands.ts";
import { type KeyList, KeysHelp } from "./keys-help.tsx";
import type { Loadable } from "./loadable.ts";
import type { SessionStore } from "./session-store.ts";

const NOTICE_FOR = 8_000;

/** A short word on what just happened or could not be done. */
export class Notices {
  readonly text = signal<string | null>(null);

  say(text: string): void {
    this.text.value = text;
  }

  /** Carries out a request, and says why if it is refused. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    this.text.value = null;
    try {
      await action();
      return true;
    } catch (error) {
      this.text.value = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
}

interface ViewFrameProps {
  store: SessionStore;
  height: Signal<number>;
  helping: Signal<boolean>;
  notices: Notices;
  keys: KeyList;
  commands: Commands;
  /** What is in the toolbar; nothing for a view without one. */
  toolbar?: ComponentChildren;
  /** Between toolbar and window, such as chips. */
  above?: ComponentChildren;
  status: ComponentChildren;
  label: string;
  children: ComponentChildren;
}

/** The frame of a view drawn by Preact: toolbar, window, status line, and what may lie over them. */
export function ViewFrame(props: ViewFrameProps) {
  const { store, height, helping, notices, commands, label } = props;
  const shell = useRef<HTMLDivElement>(null);
  const wasHelping = useRef(false);
  useEffect(() => {
    // The focus that the help took comes back: without it the keys would go nowhere.
    if (wasHelping.current && !helping.value) shell.current?.focus({ preventScroll: true });
    wasHelping.current = helping.value;
  }, [helping.value]);
  useSignalEffect(() => {
    if (!notices.text.value) return;
    const timer = setTimeout(() => {
      notices.text.value = null;
    }, NOTICE_FOR);
    return () => clearTimeout(timer);
  });
  return (
    <section
      class={`shell ${store.connection.state.value === "gone" ? "cut-off" : ""}`}
      style={{ height: `${height.value}px` }}
      aria-label={label}
      tabIndex={-1}
      ref={shell}
      onKeyDown={(event) => runCommand(event, commands, store, helping)}
    >
      <div class="base" inert={helping.value}>
        {props.toolbar && (
          <div class="toolbar" role="toolbar" aria-label={label}>
            {props.toolbar}
          </div>
        )}
        {props.above}
        <div class="window">{props.children}</div>
        <div class="status">
          {props.status}
          {notices.text.value && (
            <div class="notice" role="status" data-testid="nbc-notice">
              {notices.text.value}
            </div>
          )}
          <div class="view-options">
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
      <KeysHelp keys={[...props.keys, ...COMMON_KEYS]} open={helping} />
      <Banner connection={store.connection} />
    </section>
  );
}

/** Stands where there is nothing to show yet: still loading, failed, or empty. */
export function Waiting({ parts, empty }: { parts: Loadable<unknown>[]; empty?: string | null | undefined }) {
  const failed = parts.find((part) => part.status === "failed");
  const loading = parts.some((part) => part.status === "loading");
  if (!failed && !loading && !empty) return null;
  const kind = failed ? "failed" : loading ? "loading" : "empty";
  const text = failed?.status === "failed" ? failed.reason : loading ? "Loading…" : empty;
  return (
    <div class={`message over ${kind}`} data-testid="nbc-message" data-kind={kind}>
      <p>{text}</p>
    </div>
  );
}
