import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

/** What a key or a gesture does, in words. */
export type KeyList = readonly (readonly [keys: string, does: string])[];

/** Lies over a view and lists its keys. */
export function KeysHelp({ keys, open }: { keys: KeyList; open: Signal<boolean> }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = open.value;
  useLayoutEffect(() => {
    if (shown) box.current?.focus();
  }, [shown]);
  if (!shown) return null;
  return (
    <div
      class="overlay help"
      role="dialog"
      aria-label="Keys"
      tabIndex={-1}
      ref={box}
      data-testid="nbc-help-overlay"
    >
      <div class="overlay-head">
        <b>Keys</b>
        <Button
          icon="close"
          title="Close (Esc)"
          onClick={() => {
            open.value = false;
          }}
        />
      </div>
      <dl>
        {keys.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
