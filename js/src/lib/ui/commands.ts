import type { KeyList } from "./keys-help.tsx";

/** What keys do, by their names: modifiers in the order ctrl, alt, shift, then the key; letters as without shift. */
export type Commands = Record<string, () => void>;

/** Keys that every view has. */
export const COMMON_KEYS: KeyList = [
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo what was done last, in any view"],
  ["?", "these keys"],
];

const FIELD = "input:not([type=checkbox]), select, textarea";

export function keyName(event: KeyboardEvent): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // A sign that takes shift on some keyboards is the same sign.
  const shift = event.shiftKey && (letter.length > 1 || /[a-z]/.test(letter));
  const control = event.ctrlKey || event.metaKey;
  return `${control ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${letter}`;
}

/**
 * Carries out a key's command. No plain key that is pressed in a view reaches the notebook: there, X cuts the cell.
 * Fields and buttons keep the keys they need; Escape leaves a field.
 */
export function runCommand(event: KeyboardEvent, commands: Commands, leaveField: () => void): void {
  const name = keyName(event);
  if (!/^(ctrl|alt)\+/.test(name) && event.key !== "Tab") event.stopPropagation();
  const target = event.composedPath()[0] as HTMLElement;
  let command: (() => void) | undefined = commands[name];
  if (name === "ctrl+s") command = () => passOn(event);
  else if (target.matches(FIELD)) command = name === "Escape" ? leaveField : undefined;
  else if (target.matches("button, input") && (event.key === " " || event.key === "Enter")) return;
  if (!command) return;
  event.preventDefault();
  event.stopPropagation();
  command();
}

/**
 * Lets the notebook have a key after all. JupyterLab ignores whatever comes from inside a widget like these, and the
 * browser would offer to save the page, when what a person means is to save the notebook.
 */
function passOn(event: KeyboardEvent): void {
  const { key, code, keyCode, ctrlKey, metaKey, shiftKey } = event;
  const { host } = (event.currentTarget as HTMLElement).getRootNode() as ShadowRoot;
  const again = {
    key,
    code,
    keyCode,
    ctrlKey,
    metaKey,
    shiftKey,
    bubbles: true,
    cancelable: true,
    composed: true,
  };
  host.parentElement?.dispatchEvent(new KeyboardEvent("keydown", again));
}
