/**
 * The other side of {@linkcode ImageThread}.
 *
 * @module
 */

import "./define_self.ts";
import { parentPort } from "node:worker_threads";
import { sendError } from "../../util/errors.ts";
import { onThisThread } from "./codecs.ts";
import { toEightBits } from "../pixels.ts";
import { type Answer, memoryOf, type Question, receivePixels, sendPixels } from "./protocol.ts";

/** Ends when everything asked up to now is answered. */
let before = Promise.resolve();
parentPort!.on("message", (question: Question) => {
  before = before.then(() => work(question));
});

async function work({ id, work }: Question): Promise<void> {
  try {
    if (work.kind === "decode") {
      const bytes = new Uint8Array(work.memory);
      const { pixels, ...picture } = await onThisThread.decode(bytes, work.options, work.shortSide);
      const sent = sendPixels(pixels);
      answer({ id, picture, pixels: sent }, sent.memory);
    } else if (work.kind === "resize") {
      const { pixels, width, height } = work;
      const given = toEightBits(receivePixels(pixels));
      const sent = sendPixels(await onThisThread.resize(given, width, height));
      answer({ id, pixels: sent }, sent.memory);
    } else {
      const pixels = receivePixels(work.pixels);
      const pieces = await onThisThread.encode(pixels, work.format, work.options);
      const memories = pieces.map(memoryOf);
      answer({ id, memories }, ...memories);
    }
  } catch (error) {
    answer({ id, ...sendError(error) });
  }
}

/** Sends an answer, and hands its memory over. */
function answer(message: Answer, ...memory: ArrayBuffer[]): void {
  parentPort!.postMessage(message, memory);
}
