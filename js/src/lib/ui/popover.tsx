import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";
import type { IconName } from "./icons.tsx";

interface PopoverProps {
  icon: IconName;
  title: string;
  text: string;
  /** Of the button; the box has it with "-box" behind. */
  testid: string;
  disabled?: boolean;
  /** Shows that something in the box is set. */
  marked?: boolean;
  /** The box opens above the button, as for one at the foot of a view. */
  upward?: boolean;
  /** Whether it is open, for a box that a key opens, too. */
  open?: Signal<boolean>;
  children: ComponentChildren;
}

/** A button that opens a box below or above it. A click elsewhere or Escape closes it. */
export function Popover(props: PopoverProps) {
  const { icon, title, text, testid, disabled, marked, upward, children } = props;
  const own = useSignal(false);
  const open = props.open ?? own;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open.value) return;
    const root = box.current?.getRootNode() as ShadowRoot;
    const onOutside = (event: Event) => {
      if (!event.composedPath().includes(box.current as EventTarget)) open.value = false;
    };
    // In the shadow tree for what is inside the view, on the page for what is not.
    root.addEventListener("pointerdown", onOutside);
    document.addEventListener("pointerdown", onOutside);
    return () => {
      root.removeEventListener("pointerdown", onOutside);
      document.removeEventListener("pointerdown", onOutside);
    };
  }, [open.value, open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the box from anything inside
    <div
      class="menu"
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open.value) return;
        event.stopPropagation();
        open.value = false;
        box.current?.querySelector("button")?.focus();
      }}
    >
      <Button
        icon={icon}
        title={title}
        testid={testid}
        disabled={disabled}
        pressed={open.value || marked === true}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {text}
      </Button>
      {open.value && (
        <div
          class={`menu-box ${upward ? "upward" : ""}`}
          role="dialog"
          aria-label={text}
          data-testid={`${testid}-box`}
          data-scrolls={upward ? "" : undefined}
        >
          {children}
        </div>
      )}
    </div>
  );
}
