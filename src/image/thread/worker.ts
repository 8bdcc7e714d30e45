/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

/**
 * The other side of {@linkcode ImageThread}.
 *
 * @module
 */

import { imageWork } from "./image_work.ts";
import type { Answer, Question } from "./messages.ts";

self.onmessage = async ({ data: { id, work } }: MessageEvent<Question>) => {
  try {
    if (work.kind === "decode") {
      const picture = await imageWork.decode(work.bytes, work.options, work.shortSide);
      answer({ id, picture }, picture.pixels.data);
    } else {
      const bytes = await imageWork.encode(work.pixels, work.format, work.options);
      answer({ id, bytes }, bytes);
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    answer({ id, error: { name, message } });
  }
};

/** Sends an answer, with the memory of its largest part. */
function answer(message: Answer, part?: Uint8Array | Uint8ClampedArray): void {
  self.postMessage(message, part ? [part.buffer as ArrayBuffer] : []);
}
