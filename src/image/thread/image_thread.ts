import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../format.ts";
import { readHeader } from "../header.ts";
import { ImageError, type Pixels, type Samples, toEightBits } from "../pixels.ts";
import type { ImageWork } from "./image_work.ts";
import { type Answer, memoryOf, receivePixels, sendPixels } from "./messages.ts";
import { TimedWorker } from "./timed_worker.ts";

/**
 * What a picture of some pixels may take to be decoded, in milliseconds: far more than it does on a
 * slow and busy machine.
 */
const patience = (pixels: number) => 60_000 + 2000 * pixels / 1e6;

/**
 * Threads of their own for {@linkcode ImageWork}, while the networks run on another. Files may have
 * been made by anybody, and their decoders may never come to an end: reading has a thread of its
 * own, which is then ended, and a time limit.
 */
export class ImageThread implements ImageWork, Disposable {
  readonly #reading = new TimedWorker();
  readonly #writing = new TimedWorker();

  /** @param limit for a number of pixels, what they may take to be decoded, in milliseconds */
  constructor(private readonly limit = patience) {}

  async decode(
    bytes: Uint8Array<ArrayBuffer>,
    options: DecodeOptions = {},
    shortSide?: number,
  ): Promise<Picture<Samples>> {
    const { width, height } = await readHeader(bytes);
    const memory = memoryOf(bytes);
    const sized = shortSide ? { shortSide } : {};
    const work = { kind: "decode", memory, options, ...sized } as const;
    const answer = await this.#reading.ask(work, memory, this.limit(width * height));
    if ("picture" in answer) return { ...answer.picture, pixels: receivePixels(answer.pixels) };
    throw asError(answer);
  }

  async resize(pixels: Pixels, width: number, height: number): Promise<Pixels> {
    const sent = sendPixels(pixels);
    const work = { kind: "resize", pixels: sent, width, height } as const;
    const answer = await this.#writing.ask(work, sent.memory);
    if ("pixels" in answer) return toEightBits(receivePixels(answer.pixels));
    throw asError(answer);
  }

  async encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    options: EncodeOptions,
  ): Promise<Uint8Array[]> {
    const sent = sendPixels(pixels);
    const work = { kind: "encode", pixels: sent, format, options } as const;
    const answer = await this.#writing.ask(work, sent.memory);
    if ("memories" in answer) return answer.memories.map((memory) => new Uint8Array(memory));
    throw asError(answer);
  }

  /** Ends the threads; what they were asked is not answered any more. */
  [Symbol.dispose](): void {
    this.#reading[Symbol.dispose]();
    this.#writing[Symbol.dispose]();
  }
}

/** Whatever goes wrong with a picture on its thread is the picture's fault. */
function asError(answer: Answer): ImageError {
  return new ImageError("error" in answer ? answer.error : "The thread answered something else");
}
