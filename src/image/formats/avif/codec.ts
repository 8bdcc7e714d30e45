import * as decoder from "@jsquash/avif/decode.js";
import { decodeDeepWithJSquash, decodeWithJSquash } from "../jsquash.ts";
import { encodeWithMagick } from "../magick.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { Pixels } from "../../pixels.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithJSquash(decoder, bytes);
}

/** See {@linkcode Codec}. */
export function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  return decodeDeepWithJSquash(decoder, bytes);
}

/** At 100 the encoder would have to be lossless, and fails. */
const BEST = 99;

/** Colour at full resolution (4:4:4); transparency loses some, too. See {@linkcode Codec}. */
export async function encode(
  pixels: Pixels,
  quality: number,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  const defines = { "heic:chroma": "444" };
  const bytes = await encodeWithMagick(pixels, {
    format: "AVIF",
    quality: Math.min(quality, BEST),
    defines,
    metadata,
  });
  return [bytes];
}
