import {
  carryStreams,
  checkEncoding,
  CLIP_SUFFIXES,
  type ClipInfo,
  type ClipSource,
  ClipWriter,
  type Encoding,
  formatsOf,
  hdrName,
  isConverted,
  probeClip,
  readAhead,
  readFrames,
  stylizeClip,
  type VideoCodec,
} from "../../video/mod.ts";
import { ClipProgress } from "../clips/clip_progress.ts";
import { clipOptions, startStabilizer } from "../clips/clip_settings.ts";
import { clipStyle, loadMixture } from "../clips/clip_style.ts";
import { KeptLook } from "../clips/kept_look.ts";
import { FileError, quote, UsageError } from "../errors.ts";
import { type ClipSettings, sampleSize } from "../options/clip_options.ts";
import { onInterruption } from "../io/cleanup.ts";
import { checkWritable } from "../io/check_writable.ts";
import { PendingFile } from "../io/pending_file.ts";
import { beside, exists, isSameFile, resolvePath, STANDARD, stem, suffix } from "../io/paths.ts";
import { Reporter } from "../io/reporter.ts";
import type { MaskedStyle, StyleOption } from "../options/mask_parsers.ts";
import type { RegionOptions } from "../options/region_options.ts";
import { checkStyleOptions, noteStyleOptions, styleSettings } from "../options/style_options.ts";
import type {
  OutputOptions,
  ReportOptions,
  RuntimeOptions,
  StyleOptions,
} from "../options/types.ts";
import { loadStylizer } from "../load_stylizer.ts";
import { checkStyles, loadRegions } from "../regions.ts";
import { nameOf, parseStyle } from "../style_name.ts";

/** Options of the subcommand. */
export interface VideoOptions
  extends StyleOptions, OutputOptions, RuntimeOptions, ReportOptions, ClipSettings, RegionOptions {
  size?: number;
  start?: number;
  duration?: number;
  deinterlace?: boolean;
  videoCodec?: VideoCodec;
  crf?: number;
  preset?: string;
}

/** A clip in a file, named in messages as the user names it. */
interface NamedClip {
  path: string;
  name: string;
}

/** Carries out `video`. */
export async function stylizeVideo(
  clip: string,
  style: string | undefined,
  options: VideoOptions,
): Promise<void> {
  const reporter = new Reporter(options);
  checkStyleOptions(options);
  noteStyleOptions(options, reporter);
  const styles = nameStyles(style, options.styles ?? []);
  const files = [
    clip,
    ...[...styles.map(({ style }) => style), ...options.to ?? []].map(({ path }) => path),
    ...styles.flatMap(({ mask, styleMask }) => [mask, styleMask]),
    ...options.labels ?? [],
  ];
  if (files.includes(STANDARD)) {
    throw new UsageError("Clip and styles are files: for a pipe use `stylize -` with Y4M");
  }
  if (options.duration === 0) throw new UsageError("--duration must be more than 0");
  const source = {
    ...{ path: resolvePath(clip), name: clip },
    ...(options.start ? { start: options.start } : {}),
    ...(options.duration === undefined ? {} : { duration: options.duration }),
  };
  if (!exists(clip)) throw new FileError(`Cannot read ${quote(clip)}: there is no such file`);
  const target = chooseTarget(source, styles, options);
  try {
    checkEncoding(suffix(target.path), encodingOf(options));
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
  await checkWritable(target.path, target.name, options.overwrite ?? false);
  const look = await KeptLook.of(options);
  const interruption = new AbortController();
  using _ = onInterruption(() => interruption.abort());
  try {
    await new VideoRun(source, target, styles, look, options, reporter, interruption.signal).run();
  } finally {
    reporter.clear();
  }
  reporter.result(target.name);
}

/** The style that is an argument, with the masks before any `--style`, and those of the options. */
function nameStyles(argument: string | undefined, options: StyleOption[]): MaskedStyle[] {
  if (argument === undefined) {
    const styles = checkStyles(options);
    if (styles.length === 0) throw new UsageError("missing required argument 'style'");
    return styles;
  }
  const style = parseStyle(argument);
  const [first, ...more] = options;
  return checkStyles(
    first && !first.style ? [{ ...first, style }, ...more] : [{ style }, ...options],
  );
}

/** Stylizes one clip. */
class VideoRun {
  constructor(
    private readonly source: NamedClip & ClipSource,
    private readonly target: NamedClip,
    private readonly styles: MaskedStyle[],
    private readonly look: KeptLook,
    private readonly options: VideoOptions,
    private readonly reporter: Reporter,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { source, target, styles, look, options, reporter, signal } = this;
    reporter.step(`Reading ${quote(source.name)}`);
    const info = await probeClip(source, { signal });
    noteChanges(source, target, info, options, reporter);
    const stylizer = await loadStylizer(options, reporter);
    const { deinterlace = false } = options;
    const settings = { ...sizeOf(info, options.size), deinterlace, signal };
    const [first] = await Array.fromAsync(readFrames(source, info, { ...settings, limit: 1 }));
    reporter.step("Reading the style");
    const reading = styleSettings(options, first);
    const style = clipStyle(
      await loadRegions(styles, stylizer, reading, options),
      options.to && await loadMixture(options.to, stylizer, reading),
      info.count,
    );
    const limit = sampleSize(options);
    const every = Math.max(1, Math.ceil((info.count ?? 0) / Math.max(1, limit)));
    const watch = new ClipProgress(reporter, quote(source.name), info.count);
    const onNote = (note: string) => reporter.note(`${quote(source.name)}: ${note}`);
    const frames = readAhead(readFrames(source, info, { ...settings, onNote }), 2);
    const sample = readAhead(readFrames(source, info, { ...settings, every, limit }));
    using stabilizer = startStabilizer(options);
    const results = stylizeClip(stylizer, frames, sample, style, {
      ...clipOptions(options, stylizer),
      ...look.clipOptions,
      stabilizer,
      onSample: (count) => watch.sampled(count),
    });

    using pending = await PendingFile.create(target.path, target.name);
    using writer = await ClipWriter.open({ ...target, path: pending.path }, source, info, {
      ...settings,
      ...encodingOf(options),
    });
    let writing: Promise<void> | undefined;
    let count = 0;
    for await (const frame of results) {
      count++;
      await writing;
      writing = writer.write(frame);
      writing.catch(() => {}); // Thrown before the next frame is written, or below.
      watch.restyled();
    }
    await writing;
    await writer.finish();
    await look.save(source.name, reporter);
    await pending.finish(options.overwrite ?? false);
    if (info.count !== undefined && count < info.count - 1) {
      onNote(`${count} of its ${info.count} frames could be decoded`);
    }
  }
}

/** The clip's size, or one of an even number of pixels with that short side. */
function sizeOf({ width, height }: ClipInfo, short: number | undefined) {
  if (!short) return { width, height };
  const scale = short / Math.min(width, height);
  const side = (length: number) => Math.max(2, 2 * Math.round(length * scale / 2));
  return { width: side(width), height: side(height) };
}

/** Where the result goes: to `--output`, else beside the clip as `<clip>-<style>`. */
function chooseTarget(
  source: NamedClip,
  styles: readonly MaskedStyle[],
  { output, videoCodec }: VideoOptions,
): NamedClip {
  const suffixes = videoCodec ? formatsOf(videoCodec) : CLIP_SUFFIXES;
  const own = suffixes.includes(suffix(source.path)) ? suffix(source.path) : suffixes[0]!;
  const stylesPart = styles.map(({ style }) => stem(nameOf(style))).join("-");
  const name = output ?? beside(source.name, `${stem(source.name)}-${stylesPart}.${own}`);
  if (!CLIP_SUFFIXES.includes(suffix(name))) {
    const suffixes = CLIP_SUFFIXES.map((suffix) => `.${suffix}`).join(", ");
    throw new UsageError(`A video goes to a file whose name ends in ${suffixes}: ${quote(name)}`);
  }
  const path = resolvePath(name);
  if (isSameFile(path, source.path)) {
    throw new UsageError(`The result would replace the clip ${quote(source.name)}`);
  }
  return { path, name };
}

/** How the result is coded, by the options. */
function encodingOf({ videoCodec, crf, preset }: VideoOptions): Encoding {
  return {
    ...(videoCodec ? { codec: videoCodec } : {}),
    ...(crf === undefined ? {} : { crf }),
    ...(preset === undefined ? {} : { preset }),
  };
}

/** Notes in what the result will differ from the clip, and what is wrong with the clip. */
function noteChanges(
  { name }: NamedClip,
  target: NamedClip,
  info: ClipInfo,
  { deinterlace }: VideoOptions,
  reporter: Reporter,
): void {
  const notes = [];
  if (info.cutOff) {
    const [end, declared] = [info.cutOff.end, info.cutOff.declared].map((time) => time.toFixed(2));
    notes.push(`it ends early, at ${end} s of ${declared} s: it is cut off or damaged`);
  } else if (info.damage) notes.push(`it is cut off or damaged: ${info.damage}`);
  if (info.variable) {
    notes.push(
      "its frames are shown for different times;" +
        ` the result has ${formatRate(info.rate)} a second, as most of the clip`,
    );
  }
  if (info.interlaced && !deinterlace) {
    notes.push(
      "it is interlaced: both fields are stylized as one picture; --deinterlace separates them",
    );
  }
  if (isConverted(info)) {
    const colors = hdrName(info) ? `HDR (${hdrName(info)})` : `of ${info.primaries}`;
    notes.push(`its colors are ${colors}; the result's are SDR, of BT.709`);
  }
  const format = suffix(target.path);
  const { dropped, converted } = carryStreams(info.streams, format);
  for (const { stream, codec } of converted) {
    notes.push(
      `.${format} files do not hold its sound (${stream.codec}), which is converted to ${codec};` +
        " .mkv files keep it as it is",
    );
  }
  if (dropped.length > 0) {
    const list = dropped.map(({ type, codec, isCover }) => `${isCover ? "cover" : type} (${codec})`)
      .join(", ");
    notes.push(`.${format} files cannot hold all of its streams; left out: ${list}`);
  }
  for (const note of notes) reporter.note(`${quote(name)}: ${note}`);
}

/** A rate with up to three decimals: `29.97`. */
function formatRate(rate: string): string {
  const [top, bottom] = rate.split("/").map(Number);
  return `${Math.round(1000 * top! / bottom!) / 1000}`;
}
