import type { Depth } from "./formats/format.ts";
import type { Pixels, Samples } from "./pixels.ts";

/**
 * Pixels on their way between threads: RGBA, rows from the top. The memory goes as an
 * `ArrayBuffer`: Deno walks through the elements of a typed array that is sent, one by one.
 */
export interface SentPixels {
  memory: ArrayBuffer;
  width: number;
  height: number;
  depth: Depth;
}

/** Prepares pixels to be sent; they are lost. */
export function sendPixels({ data, width, height }: Pixels<Samples>): SentPixels {
  return {
    memory: toTransferable(data),
    width,
    height,
    depth: data instanceof Uint16Array ? 16 : 8,
  };
}

/** Unpacks pixels that were sent. */
export function receivePixels({ memory, width, height, depth }: SentPixels): Pixels<Samples> {
  const data = depth === 16 ? new Uint16Array(memory) : new Uint8ClampedArray(memory);
  return { data, width, height };
}

/** The memory of an array, and nothing else: a copy where the array is a part of more. */
export function toTransferable(array: Uint8Array | Samples): ArrayBuffer {
  const { buffer, byteLength } = array;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? buffer : array.slice().buffer as ArrayBuffer;
}
