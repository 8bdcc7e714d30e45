import { type AnimationFrame, decodeFrames, readLoops } from "../../image/codecs/gif.ts";
import { decodeImage } from "../../image/decode.ts";
import { detectFormat } from "../../image/format.ts";
import { ImageError, type Pixels, resizeShortSide, stylizeClip } from "../../mod.ts";
import { encodeGif } from "../../video/gif.ts";
import type { AnimateOptions, Animation } from "./animate.ts";
import { clipOptions, ClipProgress, loadMixture, lookOf, sampleSize } from "./options.ts";
import { UsageError } from "../errors.ts";
import { describe, openInput, STANDARD } from "../input.ts";
import { checkWritable, writeWhole } from "../output.ts";
import { resolvePath } from "../paths.ts";
import type { Progress } from "../progress.ts";
import { styleSettings } from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";

/** Restyles a GIF as a GIF, or any other picture as one of a single frame. */
export async function restyle(
  { content, loadRegions }: Animation,
  given: AnimateOptions,
  progress: Progress,
): Promise<void> {
  const shown = given.output!;
  const target = resolvePath(shown);
  if (content !== STANDARD && target === resolvePath(content)) {
    throw new UsageError(`The result would replace the content ${describe(content)}`);
  }
  if (given.format) throw new UsageError(`--format ${given.format} is not what "${shown}" says`);
  progress.step(`Reading ${describe(content)}`);
  using input = await openInput(content);
  const bytes = await input.readAll();
  const first = await decodeImage(bytes, { maxPixels: given.maxPixels });
  const isGif = detectFormat(bytes) === "gif";
  const delays = isGif ? await readDelays(bytes) : [0];
  await checkWritable(target, shown, given.overwrite ?? false);

  const stylizer = await loadStylizer(given, progress);
  const count = delays.length;
  const watch = new ClipProgress(progress, describe(content), count);
  const look = lookOf(
    await loadRegions(stylizer, first),
    given.to && await loadMixture(given.to, stylizer, styleSettings(given, first)),
    count,
  );
  const every = Math.max(1, Math.ceil(count / Math.max(1, sampleSize(given))));
  const clip = stylizeClip(stylizer, frames(1), frames(every), look, {
    // Of few frames a second each is another picture.
    ...clipOptions({ ...given, steady: given.steady ?? 0 }, stylizer),
    onSample: (count) => watch.sampled(count),
  });
  const encoded = await encodeGif(results(), isGif ? readLoops(bytes) : undefined);
  progress.clear();
  await writeWhole(target, encoded, shown);
  if (!given.quiet) console.error(shown);

  async function* frames(every: number): AsyncGenerator<Pixels> {
    let index = 0;
    for await (const { pixels } of isGif ? decodeFrames(bytes) : [{ pixels: first }]) {
      if (index++ % every !== 0) continue;
      yield given.size ? await resizeShortSide(pixels, given.size) : pixels;
    }
  }

  async function* results(): AsyncGenerator<AnimationFrame> {
    let index = 0;
    for await (const pixels of clip) {
      watch.restyled();
      yield { pixels, delay: delays[index++]! };
    }
  }
}

/** How long each frame is shown. */
async function readDelays(bytes: Uint8Array): Promise<number[]> {
  try {
    return (await Array.fromAsync(decodeFrames(bytes), ({ delay }) => delay));
  } catch (error) {
    throw new ImageError("The GIF file is damaged or cut off", { cause: error });
  }
}
