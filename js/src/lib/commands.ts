import type { Signal } from "@preact/signals";
import type { KeyList } from "./keys-help.tsx";
import type { SessionStore } from "./session-store.ts";

/** What keys do, by their names: modifiers in the order ctrl, alt, shift, then the key; letters as without shift. */
export type Commands = Record<string, () => void>;

/** Keys that every view has. */
export const COMMON_KEYS: KeyList = [
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo what was done last, in any view"],
  ["?", "these keys"],
];

export function keyName(event: KeyboardEvent): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // A sign that takes shift on some keyboards is the same sign.
  const shift = event.shiftKey && (letter.length > 1 || /[a-z]/.test(letter));
  const control = event.ctrlKey || event.metaKey;
  return `${control ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${letter}`;
}

/** Carries out a key's command. No plain key that is pressed in a view reaches the notebook: there, X cuts the cell. */
export function runCommand(
  event: KeyboardEvent,
  commands: Commands,
  store: SessionStore,
  helping: Signal<boolean>,
): void {
  const name = keyName(event);
  if (!/^(ctrl|alt)\+/.test(name) && event.key !== "Tab") event.stopPropagation();
  const target = event.composedPath()[0] as HTMLElement;
  const typing = target.matches("input:not([type=checkbox]), select, textarea");
  if (typing && event.key !== "Escape") return;
  if (target.matches("button, input") && (event.key === " " || event.key === "Enter")) return;
  const common: Commands = {
    "?": () => {
      helping.value = true;
    },
    "ctrl+z": () => void store.undo(),
    "ctrl+shift+z": () => void store.redo(),
    "ctrl+y": () => void store.redo(),
  };
  if (helping.peek()) {
    common.Escape = () => {
      helping.value = false;
    };
  }
  const command = helping.peek() ? common[name] : (commands[name] ?? common[name]);
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command();
}
