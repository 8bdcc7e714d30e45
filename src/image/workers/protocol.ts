/**
 * What goes between {@linkcode CodecThreads} and its threads.
 *
 * @module
 */

import type { SentError } from "../../util/errors.ts";
import type { Depth } from "../formats/format.ts";
import type { OutputFormat } from "../formats/registry.ts";
import type { EncodeOptions } from "../encode.ts";
import type { ImageHeader } from "../header.ts";
import type { SentPixels } from "../transfer_pixels.ts";

/** What a thread is to do. */
export type Task =
  | {
    kind: "decode";
    memory: ArrayBuffer;
    header: ImageHeader;
    options: { maxPixels?: number; depth?: Depth | "own" };
    shortSide?: number;
  }
  | { kind: "resize"; pixels: SentPixels; width: number; height: number }
  | {
    kind: "encode";
    pixels: SentPixels;
    format: OutputFormat;
    options: Omit<EncodeOptions, "onNote">;
  };

/** A task with its number. */
export interface Request {
  id: number;
  task: Task;
}

/** Results of tasks, by their kind. */
export interface Results {
  decode: { pixels: SentPixels; notes: readonly string[] };
  resize: { pixels: SentPixels };
  encode: { memories: ArrayBuffer[]; notes: readonly string[] };
}

/** The result of a request, or why there is none. */
export type Response = { id: number } & (Results[keyof Results] | SentError);
