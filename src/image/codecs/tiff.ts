import { CompressionMethod } from "@imagemagick/magick-wasm";
import { decodeWithMagick, encodeWithMagick } from "../magick.ts";
import type { Metadata } from "../metadata.ts";
import type { Pixels } from "../pixels.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithMagick(bytes, "TIFF");
}

/** Without loss, packed by LZW. See {@linkcode Codec}. */
export function encode(pixels: Pixels, quality: number, metadata: Metadata): Promise<Uint8Array> {
  const compression = CompressionMethod.LZW;
  return encodeWithMagick(pixels, { format: "TIFF", quality, compression, metadata });
}
