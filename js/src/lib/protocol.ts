/**
 * The wire, protocol 4: what docs/wire.md says, as types and checks. Both halves check what they receive, so that a
 * mismatch shows up as one clear error and not as a strange picture.
 */
import { Bitset } from "./bitset.ts";
import type { ColumnInfo, ColumnKind } from "./columns.ts";
import { OUTCOMES, type Outcome } from "./drawn-filter.ts";
import { Marks } from "./marks.ts";

export const PROTOCOL = 4;

/** Thumbnails a single request may ask for. */
export const MAX_THUMBNAILS = 256;

export type ThumbnailSize = 192 | 384;

export type Json = Record<string, unknown>;

export type KernelMessage =
  | { type: "response"; id: string; part: number; parts: number; result: Json }
  | { type: "error"; id: string; code: string; message: string }
  | { type: "event"; event: string; body: Json };

/** The data set as a session knows it. */
export interface DatasetFacts {
  name: string;
  count: number;
  /** What can be shown, filtered and sorted by. */
  columns: ColumnInfo[];
  /** Name of the embeddings that searches use, or null while there are none. */
  embeddings: string | null;
  maxKey: number;
  /** Whether the items say what is where on them. */
  hasObjects: boolean;
  /** Names of the predictions that are kept of them. */
  predictions: string[];
}

/** The kernel's selection at one revision. */
export interface SelectionState {
  revision: number;
  marks: Marks;
  canUndo: boolean;
  canRedo: boolean;
}

/** What the kernel says about an item beside its thumbnail. */
export interface ItemFacts {
  key: number;
  id: string;
  label: string | null;
  /** "ok", or why there is no picture. */
  status: string;
}

export interface ItemDetails extends ItemFacts {
  path: string | null;
  /** Whether it is a box on an image. */
  isBox: boolean;
  properties: Record<string, string | number | boolean | null>;
}

/** Named boxes on a picture of this size, px: x, y, width and height of each, one after the other. */
export interface Boxes {
  width: number;
  height: number;
  names: string[];
  boxes: number[];
  /** The outlines of each one's mask, if there are any, to be filled by the even-odd rule: x and y of the corners. */
  masks?: number[][][];
}

/** What is predicted on a picture of this size, px, the surest first. */
export interface PredictedBoxes {
  width: number;
  height: number;
  names: string[];
  /** As of Boxes. */
  boxes: number[];
  scores: number[];
  /** What each comes to, and which of the labels of the picture it is held against, -1 for none: of an evaluation. */
  outcomes?: Outcome[] | undefined;
  matches?: number[] | undefined;
  /** They are on the image around an item that is itself a box. */
  whole: boolean;
}

/** A message that does not keep to the protocol. */
export class ProtocolError extends Error {}

function fail(what: string): never {
  throw new ProtocolError(`Unexpected message from the kernel: ${what}`);
}

export function asObject(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(`${what} is not an object`);
  return value as Json;
}

export function asString(value: unknown, what: string): string {
  return typeof value === "string" ? value : fail(`${what} is not a string`);
}

export function asCount(value: unknown, what: string): number {
  return Number.isInteger(value) && (value as number) >= 0
    ? (value as number)
    : fail(`${what} is not a count`);
}

export function asArray(value: unknown, what: string): unknown[] {
  return Array.isArray(value) ? value : fail(`${what} is not a list`);
}

export function parseMessage(content: unknown): KernelMessage {
  const message = asObject(content, "the message");
  if (message.type === "event") {
    return { type: "event", event: asString(message.event, "event"), body: message };
  }
  const id = asString(message.id, "id");
  if (message.type === "error") {
    return {
      type: "error",
      id,
      code: asString(message.code, "code"),
      message: asString(message.message, "message"),
    };
  }
  if (message.type !== "response") fail(`type ${String(message.type)}`);
  const part = asCount(message.part, "part");
  const parts = asCount(message.parts, "parts");
  if (part >= parts) fail("part is not below parts");
  return { type: "response", id, part, parts, result: asObject(message.result, "result") };
}

export function parseDataset(result: Json): DatasetFacts {
  if (result.protocol !== PROTOCOL) {
    fail(`protocol ${String(result.protocol)}, but this page speaks ${PROTOCOL}. Reload the page`);
  }
  return {
    name: asString(result.name, "name"),
    count: asCount(result.count, "count"),
    columns: parseColumns(result.columns),
    embeddings: result.embeddings === null ? null : asString(result.embeddings, "embeddings"),
    maxKey: asCount(result.max_key, "max_key"),
    hasObjects: result.objects === true,
    predictions: asArray(result.predictions ?? [], "predictions").map((name) => asString(name, "name")),
  };
}

const KINDS: readonly unknown[] = ["category", "list", "number", "date"] satisfies ColumnKind[];

export function parseColumns(value: unknown): ColumnInfo[] {
  return asArray(value, "columns").map(parseColumnInfo);
}

function parseColumnInfo(value: unknown): ColumnInfo {
  const { name, kind } = asObject(value, "column");
  if (!KINDS.includes(kind)) fail(`a column of kind ${String(kind)}`);
  return { name: asString(name, "name"), kind: kind as ColumnKind };
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

export function parseItem(value: unknown): ItemFacts {
  const item = asObject(value, "item");
  return {
    key: asCount(item.key, "key"),
    id: asString(item.id, "id"),
    label: typeof item.label === "string" ? item.label : null,
    status: asString(item.status, "status"),
  };
}

export function parseDetails(result: Json): ItemDetails {
  return {
    ...parseItem(result),
    path: typeof result.path === "string" ? result.path : null,
    isBox: result.is_box === true,
    properties: asObject(result.properties, "properties") as ItemDetails["properties"],
  };
}

export function parseBoxes(value: unknown): Boxes {
  const { width, height, names, boxes, masks } = asObject(value, "boxes");
  const parsed = {
    width: asCount(width, "width"),
    height: asCount(height, "height"),
    names: asArray(names, "names").map((name) => asString(name, "name")),
    boxes: asArray(boxes, "boxes").map(Number),
    masks: masks === undefined ? undefined : asArray(masks, "masks").map(parseOutlines),
  };
  if (parsed.boxes.length !== 4 * parsed.names.length || !parsed.boxes.every(Number.isFinite)) {
    fail("boxes that are no numbers, or not four a name");
  }
  if (parsed.masks && parsed.masks.length !== parsed.names.length) fail("not a mask a name");
  return parsed;
}

export function parsePredicted(value: unknown): PredictedBoxes {
  const { width, height, names, boxes, scores, outcomes, matches, whole } = asObject(value, "predicted");
  const parsed: PredictedBoxes = {
    width: asCount(width, "width"),
    height: asCount(height, "height"),
    names: asArray(names, "names").map((name) => asString(name, "name")),
    boxes: asArray(boxes, "boxes").map(Number),
    scores: asArray(scores, "scores").map(Number),
    outcomes: outcomes === undefined ? undefined : asArray(outcomes, "outcomes").map(parseOutcome),
    matches: matches === undefined ? undefined : asArray(matches, "matches").map(Number),
    whole: whole === true,
  };
  const count = parsed.names.length;
  if (parsed.boxes.length !== 4 * count || ![...parsed.boxes, ...parsed.scores].every(Number.isFinite)) {
    fail("predictions that are no numbers, or not four a name");
  }
  for (const list of [parsed.scores, parsed.outcomes, parsed.matches]) {
    if (list && list.length !== count) fail("predictions of different lengths");
  }
  return parsed;
}

/** Outcomes come as places in their list. */
function parseOutcome(value: unknown): Outcome {
  return OUTCOMES[asCount(value, "outcome")] ?? fail(`an outcome ${String(value)}`);
}

function parseOutlines(value: unknown): number[][] {
  return asArray(value, "mask").map((outline) => {
    const corners = asArray(outline, "outline").map(Number);
    return corners.every(Number.isFinite) ? corners : fail("a corner that is no number");
  });
}

// Buffers arrive as views into a larger frame, at any offset: typed arrays over them need their own aligned copy.

export function bytesOf(view: DataView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

export function uint32Of(view: DataView): Uint32Array<ArrayBuffer> {
  return new Uint32Array(alignedCopy(view));
}

export function int32Of(view: DataView): Int32Array<ArrayBuffer> {
  return new Int32Array(alignedCopy(view));
}

export function float32Of(view: DataView): Float32Array<ArrayBuffer> {
  return new Float32Array(alignedCopy(view));
}

export function float64Of(view: DataView): Float64Array<ArrayBuffer> {
  return new Float64Array(alignedCopy(view, 8));
}

function alignedCopy(view: DataView, size = 4): ArrayBuffer {
  if (view.byteLength % size) fail("a buffer of numbers has an odd length");
  return bytesOf(view).slice().buffer;
}
