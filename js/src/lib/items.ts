import { asCount, asString, type DatasetFacts, int32Of, ProtocolError, uint32Of } from "./protocol.ts";
import type { Rpc } from "./rpc.ts";

/** The items of a view as aligned columns, in the view's order. Filtering and drawing need no kernel after this. */
export interface Items {
  keys: Uint32Array;
  /** Index into the data set's labels, -1 for none; null where the data set has no labels. */
  labels: Int32Array | null;
  count: number;
}

export const NO_ITEMS: Items = { keys: new Uint32Array(0), labels: null, count: 0 };

export async function loadItems(rpc: Rpc, view: number, facts: DatasetFacts): Promise<Items> {
  const names = facts.labels.length ? ["key", "label"] : ["key"];
  const columns = new Map<string, Uint32Array | Int32Array>();
  const { results, buffers } = await rpc.request("columns", { view, names }).answer;
  results.forEach((slice, at) => {
    const name = asString(slice.column, "column");
    const total = asCount(slice.total, "total");
    const offset = asCount(slice.offset, "offset");
    const values = slice.dtype === "int32" ? int32Of(buffers[at]) : uint32Of(buffers[at]);
    let column = columns.get(name);
    if (!column) {
      column = slice.dtype === "int32" ? new Int32Array(total) : new Uint32Array(total);
      columns.set(name, column);
    }
    if (offset + values.length > column.length)
      throw new ProtocolError(`Column ${name} is longer than announced`);
    column.set(values, offset);
  });
  const keys = (columns.get("key") as Uint32Array | undefined) ?? new Uint32Array(0);
  const labels = (columns.get("label") as Int32Array | undefined) ?? null;
  return { keys, labels: labels?.length === keys.length ? labels : null, count: keys.length };
}
