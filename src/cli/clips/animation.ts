import {
  type AnimationFrame,
  animations,
  decodeImage,
  FORMAT_NAMES,
  formatOfName,
  ImageError,
  type Pixels,
  readHeader,
  resizeShortSide,
  toSrgb,
  upright,
} from "../../image/mod.ts";
import { stylizeClip } from "../../video/mod.ts";
import type { AnimateOptions, Animation } from "./animate.ts";
import {
  clipOptions,
  ClipProgress,
  clipStyle,
  loadMixture,
  sampleSize,
} from "../options/clip_options.ts";
import { UsageError } from "../errors.ts";
import { describe, openInput, STANDARD } from "../io/input.ts";
import { checkWritable, writeWhole } from "../io/atomic_write.ts";
import { isSameFile, resolvePath } from "../io/paths.ts";
import type { Progress } from "../io/progress.ts";
import { styleSettings } from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";

/** Restyles an animation as one, or any other picture as one of a single frame. */
export async function restyle(
  { content, loadRegions }: Animation,
  given: AnimateOptions,
  progress: Progress,
): Promise<void> {
  const shown = given.output!;
  const target = resolvePath(shown);
  if (content !== STANDARD && isSameFile(target, content)) {
    throw new UsageError(`The result would replace the content ${describe(content)}`);
  }
  const format = formatOfName(shown);
  if (given.format && given.format !== format) {
    throw new UsageError(`--format ${given.format} is not what "${shown}" says`);
  }
  progress.step(`Reading ${describe(content)}`);
  using input = await openInput(content);
  const bytes = await input.readAll();
  const first = await decodeImage(bytes, { maxPixels: given.maxPixels });
  const header = await readHeader(bytes);
  const source = header.format === "gif"
    ? await animations.loadGif()
    : header.format === "webp"
    ? await animations.loadWebp()
    : undefined;
  const delays = source
    ? await readDelays(source.decodeFrames(bytes), FORMAT_NAMES[header.format])
    : [0];
  await checkWritable(target, shown, given.overwrite ?? false);

  const stylizer = await loadStylizer(given, progress);
  const count = delays.length;
  const watch = new ClipProgress(progress, describe(content), count);
  const style = clipStyle(
    await loadRegions(stylizer, first),
    given.to && await loadMixture(given.to, stylizer, styleSettings(given, first)),
    count,
  );
  const every = Math.max(1, Math.ceil(count / Math.max(1, sampleSize(given))));
  const clip = stylizeClip(stylizer, frames(1), frames(every), style, {
    // With few frames a second, each shows another picture.
    ...clipOptions({ ...given, steady: given.steady ?? 0 }, stylizer),
    onSample: (count) => watch.sampled(count),
  });
  const loops = await source?.readLoops(bytes);
  const encoded = format === "webp"
    ? await (await animations.loadWebp()).encodeFrames(results(), given.quality, loops)
    : await (await animations.loadGifEncoder()).encodeGif(results(), loops);
  progress.clear();
  await writeWhole(target, encoded, shown);
  if (!given.quiet) console.error(shown);

  async function* frames(every: number): AsyncGenerator<Pixels> {
    let index = 0;
    for await (const pixels of decoded()) {
      if (index++ % every !== 0) continue;
      yield given.size ? await resizeShortSide(pixels, given.size, given.maxPixels) : pixels;
    }
  }

  /** Upright and in sRGB, as the first one is by itself. */
  async function* decoded(): AsyncGenerator<Pixels> {
    if (!source) return yield first;
    for await (const frame of source.decodeFrames(bytes)) {
      const pixels = upright(frame.pixels, header.orientation);
      yield header.profile ? await toSrgb(pixels, header.profile) : pixels;
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
async function readDelays(
  frames: AsyncIterable<AnimationFrame>,
  format: string,
): Promise<number[]> {
  try {
    return await Array.fromAsync(frames, ({ delay }) => delay);
  } catch (error) {
    throw new ImageError(`The ${format} file is damaged or cut off`, { cause: error });
  }
}
