/** How many bits of a 32-bit word are set (Warren, Hacker's Delight, 5-1). */
function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * A set of item keys, one bit each: bit `key & 7` of byte `key >> 3`, exactly as on the wire. A million items take
 * 125 kB, so copying the whole set for one click costs microseconds and every state can be a value of its own.
 */
export class Bitset {
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
  }

  static fromKeys(keys: ArrayLike<number>): Bitset {
    let last = -1;
    for (let at = 0; at < keys.length; at++) if (keys[at] > last) last = keys[at];
    const bytes = new Uint8Array((last >>> 3) + 1);
    for (let at = 0; at < keys.length; at++) bytes[keys[at] >>> 3] |= 1 << (keys[at] & 7);
    return new Bitset(keys.length ? bytes : undefined);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  has(key: number): boolean {
    return (this.#bytes[key >>> 3] & (1 << (key & 7))) !== 0;
  }

  add(key: number): void {
    const byte = key >>> 3;
    if (byte >= this.#bytes.length) this.#grow(byte);
    this.#bytes[byte] |= 1 << (key & 7);
  }

  delete(key: number): void {
    const byte = key >>> 3;
    if (byte < this.#bytes.length) this.#bytes[byte] &= ~(1 << (key & 7));
  }

  /** A new set of what is in this one or the other. */
  union(other: Bitset): Bitset {
    const [short, long] = this.#bytes.length < other.#bytes.length ? [this, other] : [other, this];
    const bytes = long.#bytes.slice();
    for (let at = 0; at < short.#bytes.length; at++) bytes[at] |= short.#bytes[at];
    return new Bitset(bytes);
  }

  /** A new set of what is in this one and not in the other. */
  without(other: Bitset): Bitset {
    const bytes = this.#bytes.slice();
    const length = Math.min(bytes.length, other.#bytes.length);
    for (let at = 0; at < length; at++) bytes[at] &= ~other.#bytes[at];
    return new Bitset(bytes);
  }

  count(): number {
    const bytes = this.#bytes;
    // Four bytes at a time where they are aligned: every click counts a million bits.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes.length >>> 2 : 0;
    const words = new Uint32Array(bytes.buffer, aligned ? bytes.byteOffset : 0, aligned);
    let count = 0;
    for (let at = 0; at < words.length; at++) count += popcount(words[at]);
    for (let at = aligned * 4; at < bytes.length; at++) count += popcount(bytes[at]);
    return count;
  }

  /** The keys in ascending order. */
  keys(limit = Number.POSITIVE_INFINITY): Uint32Array<ArrayBuffer> {
    const keys = new Uint32Array(Math.min(this.count(), limit));
    let found = 0;
    for (let byte = 0; byte < this.#bytes.length && found < keys.length; byte++) {
      for (let bits = this.#bytes[byte], bit = 0; bits && found < keys.length; bits >>= 1, bit++) {
        if (bits & 1) keys[found++] = byte * 8 + bit;
      }
    }
    return keys;
  }

  equals(other: Bitset): boolean {
    const [short, long] = [this.#bytes, other.#bytes].sort((a, b) => a.length - b.length);
    // The sets may have grown to different lengths: missing bytes are empty ones.
    return long.every((byte, at) => byte === (short[at] ?? 0));
  }

  #grow(byte: number): void {
    const bytes = new Uint8Array(Math.max(byte + 1, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** Keys for the wire: as they are, in the order they were picked, unless a bitset is smaller. */
export function encodeKeys(keys: Uint32Array): { encoding: "keys" | "bitset"; bytes: ArrayBuffer } {
  const { bytes } = Bitset.fromKeys(keys);
  return keys.byteLength <= bytes.length
    ? { encoding: "keys", bytes: new Uint32Array(keys).buffer }
    : { encoding: "bitset", bytes: new Uint8Array(bytes).buffer };
}
