import decodeAvif from "@jsquash/avif/decode.js";
import { encodeWithMagick } from "../magick.ts";
import type { Metadata } from "../metadata.ts";
import type { Pixels } from "../pixels.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const image = await decodeAvif(bytes.slice().buffer);
  if (!image) throw new Error("It cannot be decoded");
  return { data: image.data as Uint8ClampedArray, width: image.width, height: image.height };
}

/** Colour at full resolution (4:4:4). See {@linkcode Codec}. */
export function encode(pixels: Pixels, quality: number, metadata: Metadata): Promise<Uint8Array> {
  const defines = { "heic:chroma": "444" };
  return encodeWithMagick(pixels, { format: "AVIF", quality, defines, metadata });
}
