import { useEffect, useRef } from "preact/hooks";
import { Button } from "../lib/button.tsx";
import type { GridController } from "./controller.ts";
import { KEYS } from "./keyboard.ts";

/** The list of keys, over the grid. */
export function Help({ controller }: { controller: GridController }) {
  const { helping } = controller.state;
  const box = useRef<HTMLDivElement>(null);
  const open = helping.value;
  useEffect(() => {
    if (open) box.current?.focus();
  }, [open]);
  if (!open) return null;
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
            helping.value = false;
          }}
        />
      </div>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
