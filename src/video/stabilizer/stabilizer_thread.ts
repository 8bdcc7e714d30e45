import { Worker } from "node:worker_threads";
import { ImageError, type Pixels, toEightBits } from "../../image/pixels.ts";
import { receivePixels, sendPixels, type SentPixels } from "../../image/workers/protocol.ts";
import type { SentError } from "../../util/errors.ts";
import type { Steadying } from "./stabilizer.ts";

/** What is asked of the thread: in this order, and so answered. */
export type Question = { look: SentPixels } | { steady: SentPixels; changing: boolean };

/** Whether another scene begins, the frame that was to be steadied, or why it is not. */
export type Answer = boolean | SentPixels | SentError;

/** A thread of its own for a {@linkcode Steadier}, while the networks run on another. */
export class SteadierThread implements Steadying, Disposable {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  /** What ended the thread, if something did. */
  #broken?: Error;

  /** @param share see {@linkcode Steadier} */
  constructor(share: number) {
    // Not a web worker: under Deno none can be started after ONNX Runtime has started its own.
    // It gets no environment: all of it is more than the program may read.
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: share,
      env: {},
    });
    this.#worker.on("message", (answer: Answer) => {
      const waiting = this.#waiting.shift();
      if (typeof answer === "object" && "error" in answer) {
        waiting?.reject(new ImageError(answer.error, answer));
      } else waiting?.resolve(answer);
    });
    this.#worker.on("error", (error: Error) => {
      this.#broken = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  async look(content: Pixels): Promise<boolean> {
    // The networks need it, too.
    const sent = sendPixels({ ...content, data: content.data.slice() });
    return await this.#ask({ look: sent }, sent.memory) as boolean;
  }

  async steady(stylized: Pixels, changing = false): Promise<Pixels> {
    const sent = sendPixels(stylized);
    const answer = await this.#ask({ steady: sent, changing }, sent.memory);
    return toEightBits(receivePixels(answer as SentPixels));
  }

  /** Ends the thread; what it was asked is not answered any more. */
  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }

  #ask(question: Question, memory: ArrayBuffer): Promise<Answer> {
    if (this.#broken) return Promise.reject(this.#broken);
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(question, [memory]);
    return waiting.promise;
  }
}
