import type { Codec } from "./codecs/codec.ts";
import { FORMAT_NAMES, type ImageFormat } from "./format.ts";
import { type ImageHeader, readHeader } from "./header.ts";
import { copyMetadata, type Metadata } from "./metadata.ts";
import { upright } from "./orientation.ts";
import { ImageError, type Pixels } from "./pixels.ts";
import { toSrgb } from "./profile.ts";

const CODECS: Record<ImageFormat, () => Promise<Codec>> = {
  png: () => import("./codecs/png.ts"),
  jpeg: () => import("./codecs/jpeg.ts"),
  gif: () => import("./codecs/gif.ts"),
  webp: () => import("./codecs/webp.ts"),
  avif: () => import("./codecs/avif.ts"),
  tiff: () => import("./codecs/tiff.ts"),
  bmp: () => import("./codecs/bmp.ts"),
};

/** Settings of {@linkcode decodeImage}. */
export interface DecodeOptions {
  /** The most that a picture may have. Default: {@linkcode MAX_PIXELS}. */
  maxPixels?: number;
}

/** As many pixels as a picture may have where no other limit is given: 1.6 GB in memory. */
export const MAX_PIXELS = 400_000_000;

/** A picture, and what its file says of it. */
export interface Picture {
  pixels: Pixels;
  format: ImageFormat;
  metadata: Metadata;
}

/**
 * Reads a picture: PNG, JPEG, GIF, WebP, AVIF, TIFF or BMP, of several frames the first. It comes
 * upright, in sRGB, and with its transparency.
 *
 * @throws {ImageError} if it is of another format, damaged, or has too many pixels.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Pixels> {
  return (await decodePicture(bytes, options)).pixels;
}

/** As {@linkcode decodeImage}, with what else is in the file. */
export async function decodePicture(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS }: DecodeOptions = {},
): Promise<Picture> {
  const header = await readHeader(bytes);
  checkPixels(header, maxPixels);
  const { format, orientation, profile } = header;
  const metadata = copyMetadata(header.metadata);
  const pixels = upright(await decodeWith(format, bytes), orientation);
  return { pixels: profile ? await toSrgb(pixels, profile) : pixels, format, metadata };
}

function checkPixels({ width, height }: ImageHeader, most: number): void {
  if (width * height <= most) return;
  throw new ImageError(
    `It has ${width}×${height} px, which is more than the limit of ${most / 1e6} MP (--max-pixels)`,
  );
}

async function decodeWith(format: ImageFormat, bytes: Uint8Array): Promise<Pixels> {
  const codec = await CODECS[format]();
  try {
    return await codec.decode(bytes);
  } catch (error) {
    throw new ImageError(`The ${FORMAT_NAMES[format]} file is damaged or cut off`, {
      cause: error,
    });
  }
}
