import { ImageError } from "../../image/image_error.ts";
import { type Pixels, toEightBits } from "../../image/pixels.ts";
import { receivePixels, sendPixels, type SentPixels } from "../../image/transfer_pixels.ts";
import type { SentError } from "../../util/errors.ts";
import { startThread, type Thread } from "../../util/thread.ts";
import type { FrameStabilizer } from "./stabilizer.ts";

/** A request to the thread. Responses come in the same order. */
export type Request = { analyze: SentPixels } | { stabilize: SentPixels; changing: boolean };

/** Whether another scene begins, the stabilized frame, or the error. */
export type Response = boolean | SentPixels | SentError;

/**
 * Stabilizes frames on a thread of its own, while the networks run on another.
 *
 * @example
 * ```ts ignore
 * using stabilizer = new StabilizerThread(0.95);
 * const clip = stylizeClip(stylizer, frames, sample, [{ style }], { stabilizer });
 * ```
 */
export class StabilizerThread implements FrameStabilizer, Disposable {
  readonly #thread: Thread<Request, Response>;
  readonly #pending: PromiseWithResolvers<Response>[] = [];
  /** The error that ended the thread, if one did. */
  #failure?: Error;

  /**
   * Starts the thread, for one clip.
   *
   * @param share how much of the previous result is blended into a frame at most, 0..1
   */
  constructor(share: number) {
    const thread = startThread<Request, Response>(new URL("./worker.ts", import.meta.url), {
      data: share,
    });
    thread.onResponse = (response) => {
      const pending = this.#pending.shift();
      if (typeof response === "object" && "error" in response) {
        pending?.reject(new ImageError(response.error, response));
      } else pending?.resolve(response);
    };
    thread.onError = (error) => {
      this.#failure = error;
      for (const { reject } of this.#pending.splice(0)) reject(error);
    };
    this.#thread = thread;
  }

  /** See {@linkcode FrameStabilizer.analyze}. */
  async analyze(content: Pixels): Promise<boolean> {
    // A copy is sent: the networks need the content, too.
    const { data, width, height } = content;
    const sent = sendPixels({ data: data.slice(), width, height });
    return await this.#request({ analyze: sent }, sent.memory) as boolean;
  }

  /** See {@linkcode FrameStabilizer.stabilize}. */
  async stabilize(stylized: Pixels, changing = false): Promise<Pixels> {
    const sent = sendPixels(stylized);
    const response = await this.#request({ stabilize: sent, changing }, sent.memory);
    return toEightBits(receivePixels(response as SentPixels));
  }

  /** Ends the thread; pending requests stay unanswered. */
  [Symbol.dispose](): void {
    this.#thread.terminate();
  }

  #request(request: Request, memory: ArrayBuffer): Promise<Response> {
    if (this.#failure) return Promise.reject(this.#failure);
    const pending = Promise.withResolvers<Response>();
    this.#pending.push(pending);
    this.#thread.post(request, [memory]);
    return pending.promise;
  }
}
