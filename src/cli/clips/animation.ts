import {
  animationFormatOfName,
  type AnimationFrame,
  decodeImage,
  encodeAnimation,
  type Pixels,
  readAnimation,
  resizeShortSide,
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
  const format = animationFormatOfName(shown)!;
  if (given.format && given.format !== format) {
    throw new UsageError(`--format ${given.format} is not what "${shown}" says`);
  }
  progress.step(`Reading ${describe(content)}`);
  using input = await openInput(content);
  const bytes = await input.readAll();
  const first = await decodeImage(bytes, { maxPixels: given.maxPixels });
  const animation = await readAnimation(bytes, { maxPixels: given.maxPixels });
  const { delays, loops } = animation;
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
  const encoded = await encodeAnimation(results(), format, {
    quality: given.quality,
    loops,
  });
  progress.clear();
  await writeWhole(target, encoded, shown);
  if (!given.quiet) console.error(shown);

  async function* frames(every: number): AsyncGenerator<Pixels> {
    let index = 0;
    for await (const { pixels } of animation.frames()) {
      if (index++ % every !== 0) continue;
      yield given.size ? await resizeShortSide(pixels, given.size, given.maxPixels) : pixels;
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
