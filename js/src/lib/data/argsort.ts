/** Sorting by radix: a million numbers in tens of milliseconds, and equal ones keep their order. */

const BITS = 11;
const SIZE = 1 << BITS;

/** Positions of the values in ascending order, not-a-number last. */
export function argsort(values: Float32Array | Float64Array | Int32Array): Uint32Array {
  let order = Uint32Array.from({ length: values.length }, (_, at) => at);
  for (const words of sortableWords(values)) order = sortBy(words, order);
  return order;
}

/** The values as unsigned words of the same order, the least significant word first. */
function sortableWords(values: Float32Array | Float64Array | Int32Array): Uint32Array[] {
  if (values instanceof Int32Array) return [Uint32Array.from(values, (value) => value ^ 0x80000000)];
  const double = values instanceof Float64Array;
  const bits = new Uint32Array(values.slice().buffer);
  const low = double ? new Uint32Array(values.length) : null;
  const high = new Uint32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const word = double ? bits[2 * at + 1] : bits[at];
    const missing = Number.isNaN(values[at]);
    // Of a negative number all bits are turned round, of a positive one the sign: so their order is that of integers.
    const turn = word >>> 31 ? 0xffffffff : 0;
    high[at] = missing ? 0xffffffff : word ^ (turn || 0x80000000);
    if (low) low[at] = missing ? 0xffffffff : bits[2 * at] ^ turn;
  }
  return low ? [low, high] : [high];
}

function sortBy(words: Uint32Array, order: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  let from = order;
  let to = new Uint32Array(order.length);
  for (let shift = 0; shift < 32; shift += BITS) {
    const starts = new Uint32Array(SIZE + 1);
    for (let at = 0; at < from.length; at++) starts[((words[from[at]] >>> shift) & (SIZE - 1)) + 1]++;
    for (let digit = 0; digit < SIZE; digit++) starts[digit + 1] += starts[digit];
    for (let at = 0; at < from.length; at++) {
      const digit = (words[from[at]] >>> shift) & (SIZE - 1);
      to[starts[digit]++] = from[at];
    }
    [from, to] = [to, from];
  }
  return from;
}
