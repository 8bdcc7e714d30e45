import { Worker } from "node:worker_threads";
import { ImageError } from "../pixels.ts";
import type { Answer, Question } from "./protocol.ts";

/** How often it is looked whether an answer is late, in milliseconds. */
const TICK = 250;

/** Work that is not answered yet. */
interface Open extends PromiseWithResolvers<Answer> {
  work: Question["work"];
  /** What it may take, and has taken, in milliseconds. */
  limit: number;
  taken: number;
  /** For a file behind others: its bytes, to be read by the next worker where this one is ended. */
  kept?: ArrayBuffer;
}

/**
 * A worker that does one thing after another. Where it takes too long for one, or breaks down, it is
 * ended; the files behind that one are read by the next worker.
 */
export class TimedWorker implements Disposable {
  #worker: Worker | undefined;
  /** By number, in the order in which they are worked on. */
  readonly #open = new Map<number, Open>();
  #next = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  /**
   * Has work done.
   *
   * @param memory what goes to the worker and is lost
   * @param limit milliseconds that the work alone may take, looked at every {@linkcode TICK}
   * @throws {ImageError} if it takes more
   */
  ask(work: Question["work"], memory: ArrayBuffer, limit = Infinity): Promise<Answer> {
    const kept = work.kind === "decode" && this.#open.size > 0 ? { kept: memory.slice(0) } : {};
    return this.#ask({ work, limit, taken: 0, ...kept, ...Promise.withResolvers() }, memory);
  }

  /** Ends the worker; what it was asked is not answered any more. */
  [Symbol.dispose](): void {
    clearInterval(this.#clock);
    void this.#worker?.terminate();
  }

  #ask(open: Open, memory: ArrayBuffer): Promise<Answer> {
    const id = this.#next++;
    this.#open.set(id, open);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, work: open.work } satisfies Question, [memory]);
    this.#clock ??= setInterval(() => this.#tick(), TICK);
    return open.promise;
  }

  #start(): Worker {
    // Not a web worker: under Deno none can be started after ONNX Runtime has started its own.
    // It gets no environment: all of it is more than the program may read.
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { env: {} });
    worker.unref(); // What waits for an answer is kept alive by the clock.
    worker.on("message", (answer: Answer) => {
      this.#open.get(answer.id)?.resolve(answer);
      this.#open.delete(answer.id);
      if (this.#open.size === 0) this.#stopClock();
    });
    worker.on("error", (error: Error) => {
      if (worker === this.#worker) this.#replace(error);
    });
    return worker;
  }

  /** Time that this thread was busy itself, and could not take an answer, does not count. */
  #tick(): void {
    const [first] = this.#open.values();
    if (!first || (first.taken += TICK) < first.limit) return;
    const seconds = Math.ceil(first.limit / 1000);
    this.#replace(
      new ImageError(`It cannot be read in ${seconds} s, far more than usual: it is damaged`),
    );
  }

  /** Fails what the worker was doing, and has the rest done by another. */
  #replace(reason: Error): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    const [first, ...rest] = this.#open.values();
    this.#open.clear();
    this.#stopClock();
    first?.reject(reason);
    for (const open of rest) {
      const { kept: memory, work } = open;
      if (memory && work.kind === "decode") {
        void this.#ask({ ...open, work: { ...work, memory }, kept: memory.slice(0) }, memory);
      } else open.reject(reason);
    }
  }

  #stopClock(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
  }
}
