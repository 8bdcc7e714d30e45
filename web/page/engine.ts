/**
 * The worker as functions that return promises.
 *
 * @module
 */

import type { Answer, RequestName, Requests } from "../worker/protocol.ts";

/** A request that was stopped, since a newer one made it useless or the user said so. */
export class StoppedError extends Error {
  /** `"StoppedError"`. */
  override name = "StoppedError";
}

interface Pending {
  resolve(result: unknown): void;
  reject(reason: Error): void;
  onProgress?: ((share: number) => void) | undefined;
}

/** The worker with the networks. */
export class Engine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  /** @param script URL of the worker's script */
  constructor(script: URL) {
    this.#worker = new Worker(script, { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#receive(data);
    this.#worker.onerror = (event) => this.#fail(event.message);
  }

  /**
   * Has the worker do something.
   *
   * @param onProgress told which share of a stylization is done, 0 to 1
   * @throws {StoppedError} if the request was stopped
   * @throws {Error} with a sentence for the user, if the request failed
   */
  ask<Name extends RequestName>(
    name: Name,
    takes: Requests[Name]["takes"],
    { transfer = [], onProgress }: {
      transfer?: Transferable[];
      onProgress?: (share: number) => void;
    } = {},
  ): Promise<Requests[Name]["gives"]> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Requests[Name]["gives"]>();
    this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, onProgress });
    this.#worker.postMessage({ id, name, takes }, transfer);
    return promise;
  }

  #receive(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    if ("progress" in answer) return pending.onProgress?.(answer.progress);
    this.#pending.delete(answer.id);
    if ("error" in answer) {
      pending.reject(answer.isStopped ? new StoppedError("Stopped") : new Error(answer.error));
    } else pending.resolve(answer.result);
  }

  /** A worker that breaks down answers nothing any more. */
  #fail(message: string): void {
    const reason = new Error(`The networks stopped working (${message}): reload the page`);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }
}
