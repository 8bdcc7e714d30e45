import type { Pixels } from "../../pixels.ts";
import type { EncoderSettings } from "../format.ts";
import { encodeWithMagick } from "../magick.ts";

/** Highest quality: at 100 the encoder would have to be lossless, and fails. */
const BEST = 99;

/** Color at full resolution (4:4:4); transparency is lossy, too. See {@linkcode Encoder}. */
export async function encode(
  pixels: Pixels,
  { quality, metadata }: EncoderSettings,
): Promise<Uint8Array[]> {
  const bytes = await encodeWithMagick(pixels, {
    format: "AVIF",
    quality: Math.min(quality, BEST),
    defines: { "heic:chroma": "444" },
    metadata,
  });
  return [bytes];
}
