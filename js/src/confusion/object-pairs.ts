/** Given against predicted classes of objects, each pair with the scores from which on it stands. */
import { joinSlices } from "../lib/data/columns.ts";
import type { Items } from "../lib/data/items.ts";
import { asArray, asString, ProtocolError } from "../lib/wire/checks.ts";
import type { Answer } from "../lib/wire/rpc.ts";
import type { Pairs } from "./pairs.ts";

/** All pairs there may be, those of one item beside each other; they count for scores above `low`, up to `high`. */
export interface ObjectPairs {
  /** The last one stands for none. */
  names: string[];
  keys: Uint32Array;
  given: Int32Array;
  predicted: Int32Array;
  low: Float64Array;
  high: Float64Array;
}

export function parseObjectPairs({
  results: [head, ...results],
  buffers: [_, ...buffers],
}: Answer): ObjectPairs {
  const columns = joinSlices({ results, buffers });
  const values = <T>(name: string): T => {
    const column = columns.get(name);
    if (!column) throw new ProtocolError(`pairs without ${name}`);
    return column.values as T;
  };
  return {
    names: asArray(head.names, "names").map((name) => asString(name, "name")),
    keys: values("key"),
    given: values("given"),
    predicted: values("predicted"),
    low: values("low"),
    high: values("high"),
  };
}

/** The pairs that count from a score on, of the items of a view. */
export function pairsFrom(all: ObjectPairs, items: Items, score: number): Pairs {
  const { names, keys, given, predicted, low, high } = all;
  const count = keys.length;
  const [rows, ours, theirs] = [new Uint32Array(count), new Int32Array(count), new Int32Array(count)];
  const known = new Uint8Array(items.count).fill(1);
  let [end, key, row] = [0, -1, -1];
  for (let at = 0; at < count; at++) {
    if (!(low[at] < score && score <= high[at])) continue;
    if (keys[at] !== key) {
      key = keys[at];
      row = items.rowOf(key);
    }
    if (row < 0) continue;
    rows[end] = row;
    ours[end] = given[at];
    theirs[end++] = predicted[at];
  }
  return {
    names,
    rows: rows.subarray(0, end),
    given: ours.subarray(0, end),
    predicted: theirs.subarray(0, end),
    known,
    nothing: names.length - 1,
    ofObjects: true,
  };
}
