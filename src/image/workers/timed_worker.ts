import { startThread, type Thread } from "../../util/thread.ts";
import { ImageError } from "../image_error.ts";
import type { Request, Response, Task } from "./protocol.ts";

/** How often lateness is checked, in milliseconds. */
const TICK = 250;

/** A task that is not done yet. */
interface Pending extends PromiseWithResolvers<Response> {
  task: Task;
  /** How long it may take, and has taken, in milliseconds. */
  limit: number;
  taken: number;
  /** For a file behind others: its bytes, to be decoded by the next thread where this one is ended. */
  spare?: ArrayBuffer;
}

/**
 * A thread that does one task after another. Where it takes too long for one, or breaks down, it is
 * ended, and a new one decodes the files behind that one.
 */
export class TimedWorker implements Disposable {
  #thread: Thread<Request, Response> | undefined;
  /** By number, in the order in which they are worked on. */
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  /**
   * Has a task done.
   *
   * @param memory handed over to the thread and lost
   * @param limit milliseconds that the task alone may take, checked every {@linkcode TICK}
   * @throws {ImageError} with the code `"too-slow"` if it takes more.
   */
  run(task: Task, memory: ArrayBuffer, limit: number = Infinity): Promise<Response> {
    const spare = task.kind === "decode" && this.#pending.size > 0
      ? { spare: memory.slice(0) }
      : {};
    return this.#send({ task, limit, taken: 0, ...spare, ...Promise.withResolvers() }, memory);
  }

  /** Ends the thread; pending tasks are never done. */
  [Symbol.dispose](): void {
    clearInterval(this.#clock);
    this.#thread?.terminate();
  }

  #send(pending: Pending, memory: ArrayBuffer): Promise<Response> {
    const id = this.#next++;
    this.#pending.set(id, pending);
    this.#thread ??= this.#start();
    this.#thread.post({ id, task: pending.task }, [memory]);
    this.#clock ??= setInterval(() => this.#tick(), TICK);
    return pending.promise;
  }

  #start(): Thread<Request, Response> {
    // The clock keeps the program alive while a task is pending.
    const thread = startThread<Request, Response>(new URL("./worker.ts", import.meta.url), {
      isBackground: true,
    });
    thread.onResponse = (response) => {
      this.#pending.get(response.id)?.resolve(response);
      this.#pending.delete(response.id);
      if (this.#pending.size === 0) this.#stopClock();
    };
    thread.onError = (error) => {
      if (thread === this.#thread) this.#replace(error);
    };
    return thread;
  }

  /** Time in which this thread was busy itself, and could take no response, does not count. */
  #tick(): void {
    const [first] = this.#pending.values();
    if (!first || (first.taken += TICK) < first.limit) return;
    const seconds = Math.ceil(first.limit / 1000);
    this.#replace(
      new ImageError(
        `The file took longer to decode than ${seconds} s, far more than usual: it is damaged`,
        { code: "too-slow" },
      ),
    );
  }

  /** Fails the first task, and has the others done by a new thread. */
  #replace(reason: Error): void {
    this.#thread?.terminate();
    this.#thread = undefined;
    const [first, ...rest] = this.#pending.values();
    this.#pending.clear();
    this.#stopClock();
    first?.reject(reason);
    for (const pending of rest) {
      const { spare: memory, task } = pending;
      if (memory && task.kind === "decode") {
        void this.#send({ ...pending, task: { ...task, memory }, spare: memory.slice(0) }, memory);
      } else pending.reject(reason);
    }
  }

  #stopClock(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
  }
}
