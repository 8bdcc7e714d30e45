import type { Codec } from "./formats/codec.ts";
import { type Depth, FORMAT_NAMES, type ImageFormat } from "./formats/format.ts";
import { readHeader } from "./header.ts";
import { checkPixels, MAX_PIXELS } from "./pixel_limit.ts";
import { copyMetadata, type Metadata } from "./metadata/metadata.ts";
import { upright } from "./orientation.ts";
import { ImageError, type Pixels, type Samples, toSixteenBits } from "./pixels.ts";
import { toSrgb } from "./color/icc.ts";

const CODECS: Record<ImageFormat, () => Promise<Codec>> = {
  png: () => import("./formats/png/codec.ts"),
  jpeg: () => import("./formats/jpeg/codec.ts"),
  gif: () => import("./formats/gif/codec.ts"),
  webp: () => import("./formats/webp/codec.ts"),
  avif: () => import("./formats/avif/codec.ts"),
  tiff: () => import("./formats/tiff/codec.ts"),
  bmp: () => import("./formats/bmp/codec.ts"),
};

/** Settings of {@linkcode decodeImage}. */
export interface DecodeOptions {
  /** The most that a picture may have. Default: {@linkcode MAX_PIXELS}. */
  maxPixels?: number;
  /** Bits a channel; `"own"`: 16 of a PNG or TIFF of 16, or an AVIF of 10 or 12, else 8. Default: 8. */
  depth?: Depth | "own";
}

/** Bits a channel that are read as 16, by the formats that have them. */
const DEEP: Partial<Record<ImageFormat, readonly number[]>> = {
  png: [16],
  tiff: [16],
  avif: [10, 12],
};

/** A picture, and what its file says of it. */
export interface Picture<S extends Samples = Uint8ClampedArray> {
  pixels: Pixels<S>;
  format: ImageFormat;
  metadata: Metadata;
}

/**
 * Reads a picture: PNG, JPEG, GIF, WebP, AVIF, TIFF or BMP, of several frames the first. It comes
 * upright, in sRGB, and with its transparency.
 *
 * @throws {ImageError} if it is of another format, damaged, or has too many pixels.
 */
export async function decodeImage(
  bytes: Uint8Array,
  options?: DecodeOptions & { depth?: 8 },
): Promise<Pixels>;
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Pixels<Samples>>;
export async function decodeImage(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Promise<Pixels<Samples>> {
  return (await decodePicture(bytes, options)).pixels;
}

/** As {@linkcode decodeImage}, with what else is in the file. */
export async function decodePicture(
  bytes: Uint8Array,
  options?: DecodeOptions & { depth?: 8 },
): Promise<Picture>;
export async function decodePicture(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Picture<Samples>>;
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS, depth = 8 }: DecodeOptions = {},
): Promise<Picture<Samples>> {
  const header = await readHeader(bytes);
  checkPixels(header, maxPixels);
  const { format, orientation, profile } = header;
  const metadata = copyMetadata(header.metadata);
  const isDeep = depth !== 8 && DEEP[format]?.includes(header.bits) === true;
  const decoded = await decodeWith(format, bytes, isDeep);
  const pixels = upright(depth === 16 ? toSixteenBits(decoded) : decoded, orientation);
  return { pixels: profile ? await toSrgb(pixels, profile) : pixels, format, metadata };
}

async function decodeWith(
  format: ImageFormat,
  bytes: Uint8Array,
  isDeep: boolean,
): Promise<Pixels<Samples>> {
  const codec = await CODECS[format]();
  try {
    return await (isDeep && codec.decodeDeep ? codec.decodeDeep(bytes) : codec.decode(bytes));
  } catch (error) {
    throw new ImageError(`The ${FORMAT_NAMES[format]} file is damaged or cut off`, {
      cause: error,
    });
  }
}
