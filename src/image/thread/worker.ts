/**
 * The other side of {@linkcode ImageThread}.
 *
 * @module
 */

import "./self.ts";
import { parentPort } from "node:worker_threads";
import { onThisThread } from "./image_work.ts";
import type { Answer, Question } from "./messages.ts";

parentPort!.on("message", async ({ id, work }: Question) => {
  try {
    if (work.kind === "decode") {
      const picture = await onThisThread.decode(work.bytes, work.options, work.shortSide);
      answer({ id, picture }, picture.pixels.data);
    } else {
      const bytes = await onThisThread.encode(work.pixels, work.format, work.options);
      answer({ id, bytes }, bytes);
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    answer({ id, error: { name, message } });
  }
});

/** Sends an answer, with the memory of its largest part. */
function answer(message: Answer, part?: Uint8Array | Uint8ClampedArray): void {
  parentPort!.postMessage(message, part ? [part.buffer as ArrayBuffer] : []);
}
