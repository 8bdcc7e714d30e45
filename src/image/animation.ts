import { checkChoice, checkNumber, checkPixels } from "./check_arguments.ts";
import { damaged, decodeWithMetadata, finish } from "./decode.ts";
import type { AnimationFrame } from "./formats/format.ts";
import { ANIMATION_FORMATS, type AnimationFormat, formatOf } from "./formats/registry.ts";
import { type ImageHeader, readHeader } from "./header.ts";
import { checkPixelLimit, MAX_PIXELS } from "./pixel_limit.ts";

/** An image file of several frames, or of one. */
export interface Animation {
  /** What the file says of itself. */
  header: ImageHeader;
  /** How long each frame is shown, in hundredths of a second. */
  delays: number[];
  /** How often the animation is repeated: 0 forever, absent where it is shown once. */
  loops?: number;
  /** Decodes the frames anew: upright, in sRGB, as they are shown. */
  frames(): AsyncGenerator<AnimationFrame, void, void>;
}

/**
 * Reads an animation. Any other image is one of a single frame.
 *
 * @example
 * ```ts
 * import { encodeAnimation, readAnimation } from "./mod.ts";
 *
 * const { frames, loops } = await readAnimation(await Deno.readFile("examples/island.jpg"));
 * const gif = await encodeAnimation(frames(), "gif", { loops });
 * ```
 *
 * @throws {ImageError} if the file is in no format that can be read, damaged, or has too many pixels.
 */
export async function readAnimation(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS }: { maxPixels?: number } = {},
): Promise<Animation> {
  checkNumber(maxPixels, "maxPixels", 1, Infinity);
  const header = await readHeader(bytes);
  checkPixelLimit(header, maxPixels);
  const { animation } = formatOf(header.format);
  if (!animation) {
    const frames = async function* () {
      const { pixels } = await decodeWithMetadata(bytes, { maxPixels, header });
      yield { pixels, delay: 0 };
    };
    return { header, delays: [0], frames };
  }
  const decoder = await animation.decoder();
  try {
    const delays = await Array.fromAsync(decoder.decodeFrames(bytes), ({ delay }) => delay);
    const loops = await decoder.readLoops(bytes);
    return { header, delays, ...(loops === undefined ? {} : { loops }), frames };
  } catch (error) {
    throw damaged(header.format, error);
  }

  async function* frames(): AsyncGenerator<AnimationFrame, void, void> {
    for await (const { pixels, delay } of decoder.decodeFrames(bytes)) {
      yield { pixels: await finish(pixels, header, () => {}), delay };
    }
  }
}

/**
 * Encodes frames of one size as an animation.
 *
 * @param format the one to write
 * @param options `quality`: of WebP, 1 (small) to 100 (lossless), default 92; `loops`: how often the
 *     animation is repeated, 0 forever, absent: shown once
 * @throws {RangeError} if there is no frame, or an argument is invalid.
 * @throws {ImageError} if the encoder fails.
 */
export async function encodeAnimation(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
  format: AnimationFormat,
  { quality = 92, loops }: { quality?: number; loops?: number | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkChoice(format, "format", ANIMATION_FORMATS);
  checkNumber(quality, "quality", 1, 100);
  const encoder = await formatOf(format).animation!.encoder();
  return await encoder.encodeFrames(checked(frames), quality, loops);
}

/** Frames, each checked: their data, and that their size is that of the first. */
async function* checked(
  frames: AsyncIterable<AnimationFrame> | Iterable<AnimationFrame>,
): AsyncGenerator<AnimationFrame, void, void> {
  let size: { width: number; height: number } | undefined;
  for await (const frame of frames) {
    const { pixels } = frame;
    checkPixels(pixels, "frame.pixels");
    size ??= { width: pixels.width, height: pixels.height };
    if (pixels.width !== size.width || pixels.height !== size.height) {
      throw new RangeError(
        `frame.pixels must have ${size.width}×${size.height} px as the first frame has, ` +
          `not ${pixels.width}×${pixels.height}`,
      );
    }
    yield frame;
  }
}
