/**
 * What goes between {@linkcode ImageThread} and its worker. Memory goes as an `ArrayBuffer`: Deno
 * walks through the elements of an array that is sent between threads, one by one.
 *
 * @module
 */

import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../format.ts";
import type { Pixels } from "../pixels.ts";

/** Pixels on their way: RGBA, rows from the top. */
export interface SentPixels {
  memory: ArrayBuffer;
  width: number;
  height: number;
}

/** What is asked of the thread. */
export interface Question {
  id: number;
  work:
    | { kind: "decode"; memory: ArrayBuffer; options: DecodeOptions; shortSide?: number }
    | { kind: "resize"; pixels: SentPixels; width: number; height: number }
    | { kind: "encode"; pixels: SentPixels; format: OutputFormat; options: EncodeOptions };
}

/** What it answers, in whatever order. */
export type Answer =
  | { id: number; picture: Omit<Picture, "pixels">; pixels: SentPixels }
  | { id: number; pixels: SentPixels }
  | { id: number; memory: ArrayBuffer }
  | { id: number; error: { name: string; message: string } };

/** Prepares pixels to be sent; they are lost. */
export function sendPixels({ data, width, height }: Pixels): SentPixels {
  return { memory: memoryOf(data), width, height };
}

/** Unpacks pixels that were sent. */
export function receivePixels({ memory, width, height }: SentPixels): Pixels {
  return { data: new Uint8ClampedArray(memory), width, height };
}

/** The memory of an array, and nothing else: a copy where the array is a part of more. */
export function memoryOf(array: Uint8Array | Uint8ClampedArray): ArrayBuffer {
  const { buffer, byteLength } = array;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? buffer : array.slice().buffer as ArrayBuffer;
}
