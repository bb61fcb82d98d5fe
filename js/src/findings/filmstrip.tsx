import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Picture } from "../lib/pictures/shown-pictures.tsx";
import type { FindingsController } from "./controller.ts";
import { DECISIONS } from "./finding.ts";

const STEP = 66;

/** The items around the one under review, with what was decided. */
export function Filmstrip({ controller }: { controller: FindingsController }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(600);
  useEffect(() => {
    const element = box.current as HTMLElement;
    const measured = new ResizeObserver(() => {
      width.value = element.clientWidth || width.value;
    });
    measured.observe(element);
    return () => measured.disconnect();
  }, [width]);
  const items = controller.itemsNow;
  const count = Math.max(Math.floor(width.value / STEP), 1);
  const { position } = controller;
  const first = Math.max(0, Math.min(position - Math.floor(count / 3), (items?.keys.length ?? 0) - count));
  const shown = items ? Array.from(items.keys.subarray(first, first + count)) : [];
  return (
    <div class="strip" ref={box} role="group" aria-label="Items around" data-testid="nbc-strip">
      {shown.map((key, at) => {
        const decision = DECISIONS[items?.decisions[first + at] ?? 0];
        return (
          <button
            key={key}
            type="button"
            class="frame"
            tabIndex={-1}
            data-decision={decision}
            aria-current={first + at === position}
            aria-label={`Item ${(first + at + 1).toLocaleString("en")}, ${decision}`}
            onClick={() => controller.goTo(first + at)}
          >
            <Picture pictures={controller.small} itemKey={key} named />
            {decision !== "undecided" && <em class={`badge ${decision}`}>{decision}</em>}
          </button>
        );
      })}
    </div>
  );
}
