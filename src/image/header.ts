import type { Container } from "./formats/container.ts";
import { detectFormat, FORMAT_NAMES, type ImageFormat } from "./formats/format.ts";
import type { Metadata } from "./metadata/metadata.ts";
import { ImageError } from "./pixels.ts";

/** What a picture's file says of it, beside the pixels. */
export interface ImageHeader {
  format: ImageFormat;
  /** In pixels, before it is turned upright. */
  width: number;
  /** In pixels, before it is turned upright. */
  height: number;
  /** `"RGB"`, `"grey"`, `"palette"`, `"CMYK"`. */
  colour: string;
  alpha: boolean;
  /** Of a channel. */
  bits: number;
  /** Of EXIF, 1 (upright) to 8. */
  orientation: number;
  /** ICC profile; without one the colours are sRGB. */
  profile?: Uint8Array;
  metadata: Metadata;
}

const CONTAINERS: Record<ImageFormat, () => Promise<Container>> = {
  png: () => import("./formats/png/container.ts"),
  jpeg: () => import("./formats/jpeg/container.ts"),
  gif: () => import("./formats/gif/container.ts"),
  webp: () => import("./formats/webp/container.ts"),
  avif: () => import("./formats/avif/container.ts"),
  tiff: () => import("./formats/tiff/container.ts"),
  bmp: () => import("./formats/bmp/container.ts"),
};

/**
 * Reads what a file says of its picture, and nothing of the pixels.
 *
 * @throws {ImageError} if it is of no format that can be read, or cut off.
 */
export async function readHeader(bytes: Uint8Array): Promise<ImageHeader> {
  const format = detectFormat(bytes);
  const container = await CONTAINERS[format]();
  try {
    const found = await container.readHeader(bytes);
    if (found.width > 0 && found.height > 0) return { format, orientation: 1, ...found };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ImageError(`The head of the ${FORMAT_NAMES[format]} file is damaged or cut off`);
}

/** Metadata put into a file that was just encoded, or its head, where its codec has not done so. */
export async function addMetadata(
  bytes: Uint8Array,
  format: ImageFormat,
  metadata: Metadata,
): Promise<Uint8Array> {
  return (await CONTAINERS[format]()).addMetadata?.(bytes, metadata) ?? bytes;
}
