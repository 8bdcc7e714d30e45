import {
  decodeFramesWithMagick,
  decodeWithMagick,
  encodeFramesWithMagick,
  encodeWithMagick,
} from "../magick.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { Pixels } from "../../pixels.ts";
import type { AnimationFrame } from "../gif/codec.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithMagick(bytes, "WEBP");
}

/** Lossless at 100; what is transparent keeps its colours. See {@linkcode Codec}. */
export async function encode(
  pixels: Pixels,
  quality: number,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  const defines = definesOf(quality);
  return [await encodeWithMagick(pixels, { format: "WEBP", quality, defines, metadata })];
}

/** Settings of the encoder, as ImageMagick names them. */
function definesOf(quality: number): Record<string, string> {
  return {
    "webp:lossless": `${quality === 100}`,
    "webp:exact": "true",
    // WebP halves the resolution of colour; sharp conversion makes the best of it.
    "webp:use-sharp-yuv": "true",
  };
}

/** The frames of an animation, each as it is shown. */
export function decodeFrames(bytes: Uint8Array): AsyncGenerator<AnimationFrame, void, void> {
  return decodeFramesWithMagick(bytes, "WEBP");
}

/** How often an animation is repeated: 0 for ever; absent where it is shown once. */
export async function readLoops(bytes: Uint8Array): Promise<number | undefined> {
  for await (const { plays } of decodeFramesWithMagick(bytes, "WEBP")) {
    return plays === 0 ? 0 : plays === 1 ? undefined : plays - 1;
  }
}

/**
 * An animation of frames of one size.
 *
 * @param loops how often it is repeated, 0 for ever; absent: it is shown once
 */
export function encodeFrames(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
  quality: number,
  loops?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const plays = loops === undefined ? 1 : loops === 0 ? 0 : loops + 1;
  const settings = { format: "WEBP", quality, defines: definesOf(quality) } as const;
  return encodeFramesWithMagick(frames, plays, settings);
}
