import { CompressionMethod } from "@imagemagick/magick-wasm";
import type { Metadata } from "../../metadata/metadata.ts";
import type { Pixels } from "../../pixels.ts";
import { encodeWithMagick } from "../magick.ts";
import { writeDeepTiff } from "./writer.ts";

/** Without loss, compressed by LZW. See {@linkcode Encoder}. */
export async function encode(
  pixels: Pixels,
  quality: number,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  const compression = CompressionMethod.LZW;
  return [await encodeWithMagick(pixels, { format: "TIFF", quality, compression, metadata })];
}

/** Without loss, compressed by Deflate. See {@linkcode Encoder}. */
export function encodeDeep(
  pixels: Pixels<Uint16Array>,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  return writeDeepTiff(pixels, metadata);
}
