/** Checks of what comes over the wire: what is not as it should be is one clear error, not a strange picture. */

export type Json = Record<string, unknown>;

/** A message that does not keep to the protocol. */
export class ProtocolError extends Error {}

export function fail(what: string): never {
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
