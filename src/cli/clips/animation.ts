import {
  animationFormatOfName,
  type AnimationFrame,
  decodeWithMetadata,
  encodeAnimation,
  type Pixels,
  readAnimation,
} from "../../image/mod.ts";
import { stylizeClip } from "../../video/mod.ts";
import type { MovingContent, MovingContentOptions } from "./moving_content.ts";
import { ClipProgress } from "./clip_progress.ts";
import { clipOptions } from "./clip_settings.ts";
import { clipStyle, loadMixture } from "./clip_style.ts";
import { KeptLook } from "./kept_look.ts";
import { resizeFrame } from "./resize_frame.ts";
import { UsageError } from "../errors.ts";
import { openInput } from "../io/input.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable } from "../io/check_writable.ts";
import { describePath, isSameFile, resolvePath, STANDARD } from "../io/paths.ts";
import type { Reporter } from "../io/reporter.ts";
import { sampleSize } from "../options/clip_options.ts";
import { styleSettings } from "../options/style_options.ts";
import { loadStylizer } from "../load_stylizer.ts";

/** Stylizes an animation as one, or any other picture as one of a single frame. */
export async function stylize(
  { path: content, loadRegions }: MovingContent,
  options: MovingContentOptions,
  reporter: Reporter,
): Promise<void> {
  const shown = options.output!;
  const target = resolvePath(shown);
  if (content !== STANDARD && isSameFile(target, content)) {
    throw new UsageError(`The result would replace the content ${describePath(content)}`);
  }
  const format = animationFormatOfName(shown)!;
  if (options.format && options.format !== format) {
    throw new UsageError(`--format ${options.format} is not what "${shown}" says`);
  }
  reporter.step(`Reading ${describePath(content)}`);
  using input = await openInput(content);
  const bytes = await input.readAll();
  const { pixels: first, notes } = await decodeWithMetadata(bytes, {
    maxPixels: options.maxPixels,
  });
  for (const note of notes) reporter.note(`${describePath(content)}: ${note}`);
  const animation = await readAnimation(bytes, { maxPixels: options.maxPixels });
  const { delays, loops } = animation;
  await checkWritable(target, shown, options.overwrite ?? false);
  const look = await KeptLook.of(options);

  const stylizer = await loadStylizer(options, reporter);
  const count = delays.length;
  const watch = new ClipProgress(reporter, describePath(content), count);
  const style = clipStyle(
    await loadRegions(stylizer, first),
    options.to && await loadMixture(options.to, stylizer, styleSettings(options, first)),
    count,
  );
  const every = Math.max(1, Math.ceil(count / Math.max(1, sampleSize(options))));
  const clip = stylizeClip(stylizer, frames(1), frames(every), style, {
    // With few frames a second, each shows another picture.
    ...clipOptions({ ...options, steady: options.steady ?? 0 }, stylizer),
    ...look.clipOptions,
    onSample: (count) => watch.sampled(count),
  });
  const encoded = await encodeAnimation(results(), format, {
    quality: options.quality,
    loops,
  });
  await look.save(content, reporter);
  await writeAtomically(target, encoded, shown, options.overwrite ?? false);
  reporter.result(shown);

  async function* frames(every: number): AsyncGenerator<Pixels> {
    let index = 0;
    for await (const { pixels } of animation.frames()) {
      if (index++ % every !== 0) continue;
      yield await resizeFrame(pixels, options);
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
