import { checkPixels, checkSide } from "../check_arguments.ts";
import { checkDecodeOptions, type DecodedImage, type DecodeOptions } from "../decode.ts";
import type { EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../formats/registry.ts";
import { detachHeader, readHeader } from "../header.ts";
import { ImageError } from "../image_error.ts";
import { type Pixels, type Samples, toEightBits } from "../pixels.ts";
import { receivePixels, sendPixels, toTransferable } from "../transfer_pixels.ts";
import type { CodecService } from "./codec_service.ts";
import type { Response, Results } from "./protocol.ts";
import { TimedWorker } from "./timed_worker.ts";

/** How long decoding some pixels may take, in milliseconds: far more than on a slow, busy machine. */
const defaultLimit = (pixels: number) => 60_000 + 2000 * pixels / 1e6;

/**
 * Codecs on threads of their own. Files may come from anybody, and a decoder may never come to an
 * end: decoding has a thread of its own, which is then ended, and a time limit.
 *
 * @example
 * ```ts
 * import { CodecThreads } from "../mod.ts";
 *
 * using codecs = new CodecThreads();
 * const { pixels } = await codecs.decode(await Deno.readFile("examples/island.jpg"));
 * ```
 */
export class CodecThreads implements CodecService, Disposable {
  readonly #decoding = new TimedWorker();
  readonly #encoding = new TimedWorker();
  readonly #limit: (pixels: number) => number;

  /**
   * Starts no thread yet: that is done when there is work.
   *
   * @param limit how long decoding may take, in milliseconds, for a number of pixels. Default: a
   *     minute, and two seconds for each million of pixels
   */
  constructor(limit: (pixels: number) => number = defaultLimit) {
    this.#limit = limit;
  }

  /** See {@linkcode CodecService}; the bytes are lost. */
  async decode(
    bytes: Uint8Array<ArrayBuffer>,
    options: DecodeOptions = {},
    shortSide?: number,
  ): Promise<DecodedImage<Samples>> {
    checkDecodeOptions(bytes, options);
    const { header: given, maxPixels, depth } = options;
    const sentOptions = {
      ...(maxPixels === undefined ? {} : { maxPixels }),
      ...(depth === undefined ? {} : { depth }),
    };
    const header = detachHeader(given ?? await readHeader(bytes));
    const memory = toTransferable(bytes);
    const sent = { ...header, metadata: {} }; // The thread does not need it.
    const task = {
      ...{ kind: "decode", memory, header: sent, options: sentOptions } as const,
      ...(shortSide ? { shortSide } : {}),
    };
    const limit = this.#limit(header.width * header.height);
    const result = resultOf<"decode">(await this.#decoding.run(task, memory, limit));
    const { format, metadata } = header;
    return { pixels: receivePixels(result.pixels), format, metadata, notes: result.notes };
  }

  /** See {@linkcode CodecService}; the pixels are lost. */
  async resize(pixels: Pixels, width: number, height: number): Promise<Pixels> {
    checkPixels(pixels);
    checkSide(width, "width");
    checkSide(height, "height");
    const sent = sendPixels(pixels);
    const task = { kind: "resize", pixels: sent, width, height } as const;
    const { pixels: resized } = resultOf<"resize">(await this.#encoding.run(task, sent.memory));
    return toEightBits(receivePixels(resized));
  }

  /** See {@linkcode CodecService}; the pixels are lost. */
  async encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    { onNote, ...options }: EncodeOptions = {},
  ): Promise<Uint8Array[]> {
    checkPixels(pixels);
    const sent = sendPixels(pixels);
    const task = { kind: "encode", pixels: sent, format, options } as const;
    const { memories, notes } = resultOf<"encode">(await this.#encoding.run(task, sent.memory));
    for (const note of notes) onNote?.(note);
    return memories.map((memory) => new Uint8Array(memory));
  }

  /** Ends the threads; pending work is never done. */
  [Symbol.dispose](): void {
    this.#decoding[Symbol.dispose]();
    this.#encoding[Symbol.dispose]();
  }
}

/**
 * The result of a task of a kind.
 *
 * @throws {ImageError} if the task failed: whatever goes wrong on a codec's thread is due to the
 *     image.
 */
function resultOf<Kind extends keyof Results>(response: Response): Results[Kind] {
  if ("error" in response) throw new ImageError(response.error, response);
  return response as unknown as Results[Kind];
}
