import "../util/file_fetch.ts";
import { checkBytes, checkChoice, checkNumber } from "./check_arguments.ts";
import { toSrgb } from "./color/to_srgb.ts";
import { convertStated } from "./color/stated_colors.ts";
import { type Depth, DEPTHS } from "./formats/format.ts";
import { formatOf, type ImageFormat } from "./formats/registry.ts";
import { type ImageHeader, readHeader } from "./header.ts";
import { ImageError } from "./image_error.ts";
import { copyMetadata, type Metadata } from "./metadata/metadata.ts";
import type { Note } from "./note.ts";
import { upright } from "./orientation.ts";
import { checkPixelLimit, MAX_PIXELS } from "./pixel_limit.ts";
import { type Pixels, type Samples, toEightBits, toSixteenBits } from "./pixels.ts";

/** Settings of {@linkcode decodeImage}. */
export interface DecodeOptions {
  /** How many pixels the image may have. Default: {@linkcode MAX_PIXELS}. */
  maxPixels?: number;
  /**
   * Bits a channel. `"own"`: 16 for a PNG, TIFF or AVIF of more than 8, else 8.
   * Default: 8.
   */
  depth?: Depth | "own";
  /** What {@linkcode readHeader} found in the same bytes, to spare reading it again. */
  header?: ImageHeader;
}

/** A decoded image with what its file says of it. */
export interface DecodedImage<S extends Samples = Uint8ClampedArray> {
  /** Upright, in sRGB. */
  pixels: Pixels<S>;
  /** Of the file. */
  format: ImageFormat;
  /** Of the file; orientation and size in it are those of the stored image. */
  metadata: Metadata;
  /** What a user should know, such as that a damaged profile was ignored; a sentence each. */
  notes: readonly string[];
}

/**
 * Decodes an image file: PNG, JPEG, GIF, WebP, AVIF, TIFF or BMP; of several frames the first. The
 * pixels are upright, in sRGB, with transparency.
 *
 * This runs on the calling thread, and a hostile file may keep it busy for long;
 * `CodecThreads` has a time limit.
 *
 * @example
 * ```ts
 * import { decodeImage } from "./mod.ts";
 *
 * const { width, height } = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * ```
 *
 * @throws {ImageError} if the file is in no format that can be read, damaged, or has too many pixels.
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export async function decodeImage(
  bytes: Uint8Array,
  options?: DecodeOptions & { depth?: 8 },
): Promise<Pixels>;
/** As above, in 16 bits a channel where the options ask for it. */
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Pixels<Samples>>;
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<Pixels<Samples>> {
  return (await decodeWithMetadata(bytes, options)).pixels;
}

/** As {@linkcode decodeImage}, with the format and the metadata. */
export async function decodeWithMetadata(
  bytes: Uint8Array,
  options?: DecodeOptions & { depth?: 8 },
): Promise<DecodedImage>;
/** As above, in 16 bits a channel where the options ask for it. */
export async function decodeWithMetadata(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<DecodedImage<Samples>>;
export async function decodeWithMetadata(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<DecodedImage<Samples>> {
  checkDecodeOptions(bytes, options);
  const { maxPixels = MAX_PIXELS, depth = 8 } = options;
  const header = options.header ?? await readHeader(bytes);
  checkPixelLimit(header, maxPixels);
  const notes = new Set<string>();
  const note = (text: string) => void notes.add(text);
  const stored = await decodeStored(bytes, header, depth, note);
  const finished = await finish(depth === 16 ? toSixteenBits(stored) : stored, header, note);
  const pixels = depth === 8 ? toEightBits(finished) : finished;
  const { format, metadata } = header;
  return { pixels, format, metadata: copyMetadata(metadata), notes: [...notes] };
}

/** @throws {TypeError | RangeError} if an argument is invalid. */
export function checkDecodeOptions(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS, depth = 8 }: DecodeOptions,
): void {
  checkBytes(bytes, "bytes");
  checkNumber(maxPixels, "maxPixels", 1, Infinity);
  checkChoice(depth, "depth", [...DEPTHS, "own"]);
}

/** Brings stored pixels into the form that callers get: upright and in sRGB. */
export async function finish<S extends Samples>(
  stored: Pixels<S>,
  { orientation, profile, colors, color }: ImageHeader,
  note: Note,
): Promise<Pixels<S>> {
  const pixels = upright(stored, orientation);
  if (profile) return await toSrgb(pixels, profile, color, note);
  if (colors) convertStated(pixels, colors);
  return pixels;
}

async function decodeStored(
  bytes: Uint8Array,
  header: ImageHeader,
  depth: Depth | "own",
  note: Note,
): Promise<Pixels<Samples>> {
  const format = formatOf(header.format);
  // Colors that are converted need the bits that there are.
  const isDeep = (depth !== 8 || header.colors) && header.bits > 8;
  const codec = await format.codec();
  try {
    return await (isDeep && codec.decodeDeep
      ? codec.decodeDeep(bytes, header, note)
      : codec.decode(bytes, header, note));
  } catch (cause) {
    throw damaged(header.format, cause);
  }
}

/** The error for a file that a decoder fails at. */
export function damaged(format: ImageFormat, cause: unknown): ImageError {
  if (cause instanceof ImageError) return cause;
  const message = `The ${formatOf(format).label} file is damaged or cut off`;
  return new ImageError(message, { code: "damaged", cause });
}
