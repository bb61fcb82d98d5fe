/** A picture that a person drops or pastes: made small enough for the wire, and handed to the kernel. */
import { asString } from "../lib/wire/checks.ts";
import type { Rpc } from "../lib/wire/rpc.ts";

/** Bytes of a file that are read at all. */
const MOST_BYTES = 8 * 2 ** 20;
/** Bytes that go over the wire. */
const MOST_SENT = 2 ** 20 - 16 * 1024;
/** Longest side that is sent, px: no model sees more than half of it. */
const SENT_SIDE = 1024;
/** Qualities that are tried until the file is small enough: the first nearly always is. */
const QUALITIES = [0.92, 0.75, 0.5];

/** Gives a picture to the kernel; the name by which it can be searched for from now on. */
export async function handOver(rpc: Rpc, file: Blob): Promise<string> {
  if (file.size > MOST_BYTES) {
    const size = (file.size / 2 ** 20).toFixed(0);
    throw new Error(`This file has ${size} MB: a picture to search by has up to ${MOST_BYTES / 2 ** 20} MB`);
  }
  const bytes = await (await smaller(file)).arrayBuffer();
  const { results } = await rpc.request("picture", {}, { buffers: [bytes], timeout: 0 }).answer;
  return asString(results[0].picture, "picture");
}

/** The picture as a browser reads it, reduced; what only the kernel can read goes there as it is, if it is small. */
async function smaller(file: Blob): Promise<Blob> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    if (file.size && file.size <= MOST_SENT) return file;
    throw new Error("This is no picture that the browser can read: drop a JPEG, PNG or WebP file");
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = sizeToSend(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = "white"; // what is transparent lies on white, as it does in the kernel
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (jpeg && jpeg.size <= MOST_SENT) return jpeg;
  }
  throw new Error("This picture could not be made small enough to be sent");
}

/** Width and height of a picture as it is sent, px. */
export function sizeToSend(width: number, height: number): [width: number, height: number] {
  const scale = Math.min(1, SENT_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** The first file of a drop or a paste that may be a picture; null where there is none. */
export function pictureOf(data: DataTransfer | null): File | null {
  return Array.from(data?.files ?? []).find(({ type }) => !type || type.startsWith("image/")) ?? null;
}
