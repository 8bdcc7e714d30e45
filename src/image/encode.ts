import { concatenate } from "../util/bytes.ts";
import { checkChoice, checkNumber, checkPixels } from "./check_arguments.ts";
import { type Effort, EFFORTS } from "./formats/format.ts";
import {
  formatLabel,
  formatOf,
  OUTPUT_FORMATS,
  type OutputFormat,
  outputOf,
} from "./formats/registry.ts";
import { ImageError } from "./image_error.ts";
import { type Metadata, metadataForResult } from "./metadata/metadata.ts";
import type { Note } from "./note.ts";
import { type Pixels, type Samples, toEightBits } from "./pixels.ts";

/** Settings of {@linkcode encodeImage}. */
export interface EncodeOptions {
  /** Of JPEG, WebP and AVIF: 1 (small) to 100 (close). Default: 92. */
  quality?: number;
  /**
   * Of JPEG: `"size"`, the smallest file, or `"speed"`, a tenth of the time for a file that is up to a
   * tenth larger, in one scan. Default: `"size"`.
   */
  effort?: Effort;
  /**
   * Metadata to write. Orientation, size and thumbnail are left out: they would no longer be true.
   * Default: none.
   */
  metadata?: Metadata;
  /** Called with what the format cannot hold of the metadata, or is damaged in them. */
  onNote?: Note;
}

/**
 * Finds out before the work whether an image could be written.
 *
 * @throws {ImageError} if it has more pixels a side than the format can hold.
 */
export function checkEncodable(
  { width, height }: Omit<Pixels<Samples>, "data">,
  format: OutputFormat,
): void {
  const { maxSide = Infinity } = outputOf(format);
  if (Math.max(width, height) > maxSide) {
    const unlimited = OUTPUT_FORMATS.find((name) => outputOf(name).maxSide === undefined)!;
    throw new ImageError(
      `${formatLabel(format)} holds up to ${maxSide} px a side, not ${width}×${height}: use ${
        formatLabel(unlimited)
      }`,
      { code: "too-large-for-format" },
    );
  }
}

/**
 * Encodes pixels to a file in sRGB: the same bytes for the same pixels. Pixels of 16 bits a channel
 * become a PNG or TIFF of 16 bits; other formats round them to 8.
 *
 * @example
 * ```ts
 * import { decodeImage, encodeImage } from "./mod.ts";
 *
 * const pixels = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const webp = await encodeImage(pixels, "webp", { quality: 80 });
 * ```
 *
 * @throws {ImageError} if the image is too large for the format or the memory, or the encoder fails.
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export async function encodeImage(
  pixels: Pixels<Samples>,
  format: OutputFormat,
  options?: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return concatenate(await encodeInPieces(pixels, format, options));
}

/** As {@linkcode encodeImage}, in pieces, so that a large file is not in memory twice. */
export async function encodeInPieces(
  pixels: Pixels<Samples>,
  format: OutputFormat,
  { quality = 92, effort = "size", metadata = {}, onNote = () => {} }: EncodeOptions = {},
): Promise<Uint8Array[]> {
  checkPixels(pixels);
  checkChoice(format, "format", OUTPUT_FORMATS);
  checkNumber(quality, "quality", 1, 100);
  checkChoice(effort, "effort", EFFORTS);
  checkEncodable(pixels, format);
  const kept = metadataForResult(metadata, formatOf(format), onNote);
  const encoder = await outputOf(format).encoder();
  const container = await formatOf(format).container();
  const { data, width, height } = pixels;
  try {
    const [head, ...others] = data instanceof Uint16Array && encoder.encodeDeep
      ? await encoder.encodeDeep({ data, width, height }, kept)
      : await encoder.encode(toEightBits(pixels), { quality, effort, metadata: kept });
    return [container.addMetadata?.(head!, kept, onNote) ?? head!, ...others];
  } catch (cause) {
    throw encodingError(pixels, format, cause);
  }
}

/** The error for pixels that an encoder fails at. */
function encodingError(
  { width, height }: Omit<Pixels<Samples>, "data">,
  format: OutputFormat,
  cause: unknown,
): ImageError {
  const lacksMemory = isMemoryFailure(cause);
  const reason = lacksMemory
    ? "there is not enough memory"
    : `the encoder failed: ${cause instanceof Error ? cause.message : cause}`;
  return new ImageError(
    `${width}×${height} px cannot be written as ${formatLabel(format)}: ${reason}`,
    { ...(lacksMemory ? { code: "out-of-memory" } : {}), cause },
  );
}

/**
 * Whether an error is one by which engines, emscripten and ImageMagick say that memory is lacking.
 * Where an allocation of ImageMagick fails, its JavaScript copies to an offset out of bounds.
 */
function isMemoryFailure(error: unknown): boolean {
  return error instanceof Error &&
    /\bOOM\b|memory|allocat|cache ?resources ?exhausted|array (buffer )?length|offset is out of/i
      .test(error.message);
}
