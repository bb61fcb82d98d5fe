/**
 * The wire, protocol 4: what docs/wire.md says, as types and checks. Both halves check what they receive, so that a
 * mismatch shows up as one clear error and not as a strange picture.
 */

import { asArray, asCount, asObject, asString, fail, type Json } from "./checks.ts";

export const PROTOCOL = 4;

/** Thumbnails a single request may ask for. */
export const MAX_THUMBNAILS = 256;

export type ThumbnailSize = 192 | 384;

export type KernelMessage =
  | { type: "response"; id: string; part: number; parts: number; result: Json }
  | { type: "error"; id: string; code: string; message: string }
  | { type: "event"; event: string; body: Json };

export type ColumnKind = "category" | "list" | "number" | "date";

/** What the data set can show: the name of a column and what is in it. */
export interface ColumnInfo {
  name: string;
  kind: ColumnKind;
}

/** The data set as a session knows it. */
export interface DatasetFacts {
  name: string;
  count: number;
  /** What can be shown, filtered and sorted by. */
  columns: ColumnInfo[];
  /** Names of the columns whose labels can be given by hand; none where the store can only be read. */
  labels: string[];
  /** Whether searches can be by words: as far as the kernel can tell without loading the model. */
  words: boolean;
  /** Name of the embeddings that searches use, or null while there are none. */
  embeddings: string | null;
  maxKey: number;
  /** Whether the items say what is where on them. */
  hasObjects: boolean;
  /** Names of the predictions that are kept of them. */
  predictions: string[];
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
    labels: parseNames(result.labels, "labels"),
    words: result.words === true,
    embeddings: result.embeddings === null ? null : asString(result.embeddings, "embeddings"),
    maxKey: asCount(result.max_key, "max_key"),
    hasObjects: result.objects === true,
    predictions: parseNames(result.predictions, "predictions"),
  };
}

export function parseNames(value: unknown, what: string): string[] {
  return asArray(value ?? [], what).map((name) => asString(name, "name"));
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
