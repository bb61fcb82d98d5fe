import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons.tsx";

interface ButtonProps {
  icon?: IconName;
  /** What it does, with its key: the tooltip, and the name where there is no text. */
  title: string;
  onClick: () => void;
  disabled?: boolean;
  testid?: string;
  class?: string;
  pressed?: boolean;
  children?: ComponentChildren;
}

/**
 * A button of a toolbar. Disabled ones keep the focus and say so to screen readers: a button that vanishes from the
 * tab order while one is on it (the last undo) would throw the focus out of the widget.
 */
export function Button({
  icon,
  title,
  onClick,
  disabled,
  testid,
  class: name,
  pressed,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${name ?? ""}`}
      title={title}
      aria-label={children ? undefined : title}
      aria-disabled={disabled || undefined}
      aria-pressed={pressed}
      data-testid={testid}
      onClick={() => {
        if (!disabled) onClick();
      }}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}
