import type { DecodeOptions, Picture } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../formats/format.ts";
import { readHeader } from "../header.ts";
import { ImageError, type Pixels, type Samples, toEightBits } from "../pixels.ts";
import type { ImageWork } from "./codecs.ts";
import { type Answer, type Answers, memoryOf, receivePixels, sendPixels } from "./protocol.ts";
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
    const { picture, pixels } = resultOf<"decode">(answer);
    return { ...picture, pixels: receivePixels(pixels) };
  }

  async resize(pixels: Pixels, width: number, height: number): Promise<Pixels> {
    const sent = sendPixels(pixels);
    const work = { kind: "resize", pixels: sent, width, height } as const;
    const { pixels: resized } = resultOf<"resize">(await this.#writing.ask(work, sent.memory));
    return toEightBits(receivePixels(resized));
  }

  async encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    options: EncodeOptions,
  ): Promise<Uint8Array[]> {
    const sent = sendPixels(pixels);
    const work = { kind: "encode", pixels: sent, format, options } as const;
    const { memories } = resultOf<"encode">(await this.#writing.ask(work, sent.memory));
    return memories.map((memory) => new Uint8Array(memory));
  }

  /** Ends the threads; what they were asked is not answered any more. */
  [Symbol.dispose](): void {
    this.#reading[Symbol.dispose]();
    this.#writing[Symbol.dispose]();
  }
}

/**
 * What work of a kind gave.
 *
 * @throws {ImageError} if it failed: whatever goes wrong with a picture on its thread is its fault.
 */
function resultOf<Kind extends keyof Answers>(answer: Answer): Answers[Kind] {
  if ("error" in answer) throw new ImageError(answer.error, answer);
  return answer as Answers[Kind];
}
