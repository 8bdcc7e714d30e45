/**
 * What goes between {@linkcode ImageThread} and its worker. Memory goes as an `ArrayBuffer`: Deno
 * walks through the elements of an array that is sent between threads, one by one.
 *
 * @module
 */

import type { SentError } from "../../util/errors.ts";
import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../formats/format.ts";
import type { Depth } from "../formats/format.ts";
import type { Pixels, Samples } from "../pixels.ts";

/** Pixels on their way: RGBA, rows from the top. */
export interface SentPixels {
  memory: ArrayBuffer;
  width: number;
  height: number;
  depth: Depth;
}

/** What is asked of the thread. */
export interface Question {
  id: number;
  work:
    | { kind: "decode"; memory: ArrayBuffer; options: DecodeOptions; shortSide?: number }
    | { kind: "resize"; pixels: SentPixels; width: number; height: number }
    | { kind: "encode"; pixels: SentPixels; format: OutputFormat; options: EncodeOptions };
}

/** What it answers where all goes well, by the kind of the work. */
export interface Answers {
  decode: { id: number; picture: Omit<Picture, "pixels">; pixels: SentPixels };
  resize: { id: number; pixels: SentPixels };
  encode: { id: number; memories: ArrayBuffer[] };
}

/** What it answers, in whatever order. */
export type Answer =
  | Answers[keyof Answers]
  | { id: number } & SentError;

/** Prepares pixels to be sent; they are lost. */
export function sendPixels({ data, width, height }: Pixels<Samples>): SentPixels {
  return { memory: memoryOf(data), width, height, depth: data instanceof Uint16Array ? 16 : 8 };
}

/** Unpacks pixels that were sent. */
export function receivePixels({ memory, width, height, depth }: SentPixels): Pixels<Samples> {
  const data = depth === 16 ? new Uint16Array(memory) : new Uint8ClampedArray(memory);
  return { data, width, height };
}

/** The memory of an array, and nothing else: a copy where the array is a part of more. */
export function memoryOf(array: Uint8Array | Samples): ArrayBuffer {
  const { buffer, byteLength } = array;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole ? buffer : array.slice().buffer as ArrayBuffer;
}
