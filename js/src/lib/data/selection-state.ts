import { asCount, asObject, bytesOf, fail, type Json, uint32Of } from "../wire/checks.ts";
import { Bitset } from "./bitset.ts";
import { Marks } from "./marks.ts";

/** The kernel's selection at one revision. */
export interface SelectionState {
  revision: number;
  marks: Marks;
  canUndo: boolean;
  canRedo: boolean;
}

/** Marks travel whole, each half as a key list or as a bitset, whichever is smaller. */
export function parseSelection(header: Json, [kept, rejected]: DataView[]): SelectionState {
  return {
    revision: asCount(header.revision, "revision"),
    marks: new Marks(parseSet(header.kept, kept, "kept"), parseSet(header.rejected, rejected, "rejected")),
    canUndo: header.can_undo === true,
    canRedo: header.can_redo === true,
  };
}

function parseSet(description: unknown, buffer: DataView | undefined, what: string): Bitset {
  const { encoding } = asObject(description, what);
  if (!buffer) fail(`no buffer for ${what}`);
  if (encoding === "bitset") return new Bitset(bytesOf(buffer).slice());
  return encoding === "keys"
    ? Bitset.fromKeys(uint32Of(buffer))
    : fail(`${what} is encoded as ${String(encoding)}`);
}
