import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { baseName } from "../data/items.ts";
import type { Mark } from "../data/marks.ts";
import { Button } from "../ui/button.tsx";
import type { Commands } from "../ui/commands.ts";
import { type FactList, factsOf } from "./facts.tsx";
import type { OnStage } from "./stage.tsx";
import { NO_ZOOM, type Zoom, zoomed } from "./zoomable.tsx";

const CLOSER = 1.5;

/** Whether something is looked at large, and how close. */
export class PreviewState {
  readonly open = signal(false);
  readonly zoom = signal<Zoom>(NO_ZOOM);
}

/** The keys of an open preview; they come before the view's own. */
export function previewCommands({ open, zoom }: PreviewState): Commands {
  const close = () => {
    open.value = false;
  };
  const closer = () => {
    zoom.value = zoomed(zoom.peek(), CLOSER);
  };
  return {
    "+": closer,
    "=": closer,
    "-": () => {
      zoom.value = zoomed(zoom.peek(), 1 / CLOSER);
    },
    "0": () => {
      zoom.value = NO_ZOOM;
    },
    Escape: close,
    " ": close,
    Enter: close,
  };
}

interface PreviewProps {
  preview: PreviewState;
  item: OnStage;
  /** Which one it is of how many. */
  place: string;
  mark: Mark;
  /** The stages fill this element, and are loaded as large as it is. */
  box: { current: HTMLDivElement | null };
  /** Buttons, for what can be done with the item. */
  actions: ComponentChildren;
  /** What is known of it. */
  side: ComponentChildren;
  /** The stages. */
  children: ComponentChildren;
}

/** One item, large, within the view's own box; another may stand beside it. */
export function Preview({ preview, item, place, mark, box, actions, side, children }: PreviewProps) {
  const { key, id } = item;
  useLayoutEffect(() => {
    box.current?.focus({ preventScroll: true });
  }, [box]);
  return (
    <div
      class="overlay preview"
      role="dialog"
      aria-label={`Preview of ${id}`}
      tabIndex={-1}
      ref={box}
      data-testid="nbc-preview"
      data-key={key}
      data-mark={mark ?? "none"}
    >
      <div class="overlay-head">
        <b class="preview-name" title={id}>
          {baseName(id)}
        </b>
        <span class="preview-place">{place}</span>
        {actions}
        <Button
          icon="close"
          title="Close (Esc)"
          testid="nbc-preview-close"
          onClick={() => {
            preview.open.value = false;
          }}
        />
      </div>
      <div class="preview-body">
        {children}
        <div class="preview-side">{side}</div>
      </div>
    </div>
  );
}

interface WalkProps {
  isFirst: boolean;
  isLast: boolean;
  onStep: (by: -1 | 1) => void;
}

/** To the item before and the one after, at both sides of a stage. */
export function Walk({ isFirst, isLast, onStep }: WalkProps) {
  return (
    <>
      <Button
        class="walk previous"
        icon="back"
        title="Previous (Left)"
        disabled={isFirst}
        onClick={() => onStep(-1)}
      />
      <Button
        class="walk next"
        icon="forward"
        title="Next (Right)"
        disabled={isLast}
        onClick={() => onStep(1)}
      />
    </>
  );
}

export function factsOnStage({ id, thumbnail, content, objects }: OnStage, similarity?: number): FactList {
  return factsOf({
    id,
    label: thumbnail?.label ?? null,
    details: content?.details ?? null,
    similarity,
    objects,
  });
}
