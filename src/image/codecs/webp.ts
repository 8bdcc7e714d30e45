import { decodeWithMagick, encodeWithMagick } from "../magick.ts";
import type { Metadata } from "../metadata.ts";
import type { Pixels } from "../pixels.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithMagick(bytes, "WEBP");
}

/** Lossless at 100; what is transparent keeps its colours. See {@linkcode Codec}. */
export function encode(pixels: Pixels, quality: number, metadata: Metadata): Promise<Uint8Array> {
  const lossless = `${quality === 100}`;
  // WebP halves the resolution of colour; sharp conversion makes the best of it.
  const defines = {
    "webp:lossless": lossless,
    "webp:exact": "true",
    "webp:use-sharp-yuv": "true",
  };
  return encodeWithMagick(pixels, { format: "WEBP", quality, defines, metadata });
}
