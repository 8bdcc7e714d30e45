import { Worker } from "node:worker_threads";
import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../format.ts";
import { ImageError, type Pixels, type Samples, toEightBits } from "../pixels.ts";
import type { ImageWork } from "./image_work.ts";
import { type Answer, memoryOf, type Question, receivePixels, sendPixels } from "./messages.ts";

/** A thread of its own for {@linkcode ImageWork}, while the networks run on another. */
export class ImageThread implements ImageWork, Disposable {
  readonly #worker: Worker;
  readonly #open = new Map<number, PromiseWithResolvers<Answer>>();
  #next = 0;
  /** What ended the thread, if something did. */
  #broken?: Error;

  constructor() {
    // Not a web worker: under Deno none can be started after ONNX Runtime has started its own.
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url));
    this.#worker.on("message", (answer: Answer) => {
      this.#open.get(answer.id)?.resolve(answer);
      this.#open.delete(answer.id);
    });
    this.#worker.on("error", (error: Error) => {
      this.#broken = error;
      for (const { reject } of this.#open.values()) reject(error);
      this.#open.clear();
    });
  }

  async decode(
    bytes: Uint8Array<ArrayBuffer>,
    options: DecodeOptions = {},
    shortSide?: number,
  ): Promise<Picture<Samples>> {
    const memory = memoryOf(bytes);
    const sized = shortSide ? { shortSide } : {};
    const answer = await this.#ask({ kind: "decode", memory, options, ...sized }, memory);
    if ("picture" in answer) return { ...answer.picture, pixels: receivePixels(answer.pixels) };
    throw asError(answer);
  }

  async resize(pixels: Pixels, width: number, height: number): Promise<Pixels> {
    const sent = sendPixels(pixels);
    const answer = await this.#ask({ kind: "resize", pixels: sent, width, height }, sent.memory);
    if ("pixels" in answer) return toEightBits(receivePixels(answer.pixels));
    throw asError(answer);
  }

  async encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    options: EncodeOptions,
  ): Promise<Uint8Array> {
    const sent = sendPixels(pixels);
    const work = { kind: "encode", pixels: sent, format, options } as const;
    const answer = await this.#ask(work, sent.memory);
    if ("memory" in answer) return new Uint8Array(answer.memory);
    throw asError(answer);
  }

  /** Ends the thread; what it was asked is not answered any more. */
  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }

  #ask(work: Question["work"], memory: ArrayBuffer): Promise<Answer> {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = this.#next++;
    const waiting = Promise.withResolvers<Answer>();
    this.#open.set(id, waiting);
    this.#worker.postMessage({ id, work } satisfies Question, [memory]);
    return waiting.promise;
  }
}

function asError(answer: Answer): Error {
  if (!("error" in answer)) return new Error("The thread answered something else");
  const { name, message } = answer.error;
  return name === "ImageError" ? new ImageError(message) : new Error(message);
}
