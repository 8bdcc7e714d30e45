import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame, EncoderSettings } from "../format.ts";
import { encodeFramesWithMagick, encodeWithMagick } from "../magick.ts";

/** Lossless at 100; what is transparent keeps its colors. See {@linkcode Encoder}. */
export async function encode(
  pixels: Pixels,
  { quality, metadata }: EncoderSettings,
): Promise<Uint8Array[]> {
  const defines = definesOf(quality);
  return [await encodeWithMagick(pixels, { format: "WEBP", quality, defines, metadata })];
}

/** See {@linkcode AnimationEncoder}. */
export function encodeFrames(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
  quality: number,
  loops?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const plays = loops === undefined ? 1 : loops === 0 ? 0 : loops + 1;
  const settings = { format: "WEBP", quality, defines: definesOf(quality) } as const;
  return encodeFramesWithMagick(frames, plays, settings);
}

/** Settings of the encoder, as ImageMagick names them. */
function definesOf(quality: number): Record<string, string> {
  return {
    "webp:lossless": `${quality === 100}`,
    "webp:exact": "true",
    // WebP halves the resolution of color; sharp conversion makes the best of it.
    "webp:use-sharp-yuv": "true",
  };
}
