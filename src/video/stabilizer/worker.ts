/**
 * The other side of {@linkcode SteadierThread}.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { ImageError, toEightBits } from "../../image/pixels.ts";
import { receivePixels, sendPixels } from "../../image/workers/protocol.ts";
import { sendError } from "../../util/errors.ts";
import { Steadier } from "./stabilizer.ts";
import type { Answer, Question } from "./stabilizer_thread.ts";

const steadier = new Steadier(workerData as number);

parentPort!.on("message", (question: Question) => {
  try {
    if ("look" in question) answer(steadier.look(toEightBits(receivePixels(question.look))));
    else {
      const stylized = toEightBits(receivePixels(question.steady));
      const sent = sendPixels(steadier.steady(stylized, question.changing));
      answer(sent, sent.memory);
    }
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    answer(sendError(error));
  }
});

/** Sends an answer, and hands its memory over. */
function answer(message: Answer, ...memory: ArrayBuffer[]): void {
  parentPort!.postMessage(message, memory);
}
