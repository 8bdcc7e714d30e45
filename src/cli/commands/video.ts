import { Command, Option } from "commander";
import {
  CLIP_SUFFIXES,
  type ClipInfo,
  ClipWriter,
  probeClip,
  readAhead,
  readFrames,
  stylizeClip,
} from "../../video/mod.ts";
import {
  addClipOptions,
  clipOptions,
  ClipProgress,
  type ClipSettings,
  clipStyle,
  loadMixture,
  sampleSize,
  startStabilizer,
} from "../options/clip_options.ts";
import { FileError, quote, UsageError } from "../errors.ts";
import { option } from "../options/definitions.ts";
import { repeated, wholeNumber } from "../options/parsers.ts";
import { onInterruption } from "../io/cleanup.ts";
import { checkWritable } from "../io/check_writable.ts";
import { PendingFile } from "../io/pending_file.ts";
import { beside, exists, isSameFile, resolvePath, STANDARD, stem, suffix } from "../io/paths.ts";
import { Reporter } from "../io/reporter.ts";
import { checkStyleOptions, noteStyleOptions, styleSettings } from "../options/style_options.ts";
import type {
  OutputOptions,
  ReportOptions,
  RuntimeOptions,
  StyleOptions,
} from "../options/types.ts";
import { loadStylizer } from "../load_stylizer.ts";
import { nameOf, parseStyle, type StyleName } from "../styles.ts";

interface VideoOptions
  extends StyleOptions, OutputOptions, RuntimeOptions, ReportOptions, ClipSettings {
  style?: StyleName[];
  size?: number;
  crf?: number;
}

/** A clip in a file, named in messages as the user names it. */
interface NamedClip {
  path: string;
  name: string;
}

/** The `video` subcommand. */
export function command(): Command {
  const command = new Command("video")
    .argument("<clip>", "video to restyle: whatever ffmpeg reads")
    .argument("[style]", "picture, or style pack, to take the style of; PACK#NAME: one of a pack")
    .addOption(
      new Option("--style <file:weight>", "a style more, and how much of it (repeatable)")
        .argParser(repeated(parseStyle)),
    )
    .addOption(
      new Option("-o, --output <file>", "of .mp4, .mov, .mkv or .webm (default: beside the clip)"),
    );
  addClipOptions(command);
  const shared = [
    option.alpha(),
    option.levels(),
    option.shortSide(),
    option.styleSize(),
    option.preserveColor(),
    option.colorOnly(),
    option.tile(),
    option.maxPixels(),
    new Option("--crf <n>", "of the result: less is closer, and larger (default: 18; VP9: 24)")
      .argParser(wholeNumber(0, 63)),
    option.overwrite(),
    option.backend(),
    option.precision(),
    option.threads(),
    option.model(),
    option.quiet(),
    option.verbose(),
  ];
  for (const option of shared) command.addOption(option);
  return command
    .addHelpText(
      "after",
      "\nExamples: linear-style video clip.mp4 painting.jpg -o out.mp4" +
        "\n          linear-style video clip.mp4 --style a.jpg --to b.jpg -o out.mkv",
    )
    .action(stylizeVideo);
}

async function stylizeVideo(
  clip: string,
  style: string | undefined,
  options: VideoOptions,
): Promise<void> {
  const reporter = new Reporter(options);
  checkStyleOptions(options);
  noteStyleOptions(options, reporter);
  const names = [...(style === undefined ? [] : [parseStyle(style)]), ...options.style ?? []];
  if (names.length === 0) throw new UsageError("missing required argument 'style'");
  if ([clip, ...[...names, ...options.to ?? []].map(({ path }) => path)].includes(STANDARD)) {
    throw new UsageError("Clip and styles are files: for a pipe use `stylize -` with Y4M");
  }
  const source: NamedClip = { path: resolvePath(clip), name: clip };
  if (!exists(clip)) throw new FileError(`Cannot read ${quote(clip)}: there is no such file`);
  const target = chooseTarget(source, names, options);
  await checkWritable(target.path, target.name, options.overwrite ?? false);
  const interruption = new AbortController();
  using _ = onInterruption(() => interruption.abort());
  try {
    await new VideoRun(source, target, names, options, reporter, interruption.signal).run();
  } finally {
    reporter.clear();
  }
  reporter.result(target.name);
}

/** Stylizes one clip. */
class VideoRun {
  constructor(
    private readonly source: NamedClip,
    private readonly target: NamedClip,
    private readonly styles: readonly StyleName[],
    private readonly options: VideoOptions,
    private readonly reporter: Reporter,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { source, target, styles, options, reporter, signal } = this;
    reporter.step(`Reading ${quote(source.name)}`);
    const info = await probeClip(source, { signal });
    noteChanges(source, info, reporter);
    const stylizer = await loadStylizer(options, reporter);
    const settings = { ...sizeOf(info, options.size), signal };
    const [first] = await Array.fromAsync(readFrames(source, info, { ...settings, limit: 1 }));
    reporter.step("Reading the style");
    const reading = styleSettings(options, first);
    const style = clipStyle(
      [{ style: await loadMixture(styles, stylizer, reading) }],
      options.to && await loadMixture(options.to, stylizer, reading),
      info.count,
    );
    const limit = sampleSize(options);
    const every = Math.max(1, Math.ceil((info.count ?? 0) / Math.max(1, limit)));
    const watch = new ClipProgress(reporter, quote(source.name), info.count);
    const frames = readAhead(readFrames(source, info, settings), 2);
    const sample = readAhead(readFrames(source, info, { ...settings, every, limit }));
    using stabilizer = startStabilizer(options);
    const results = stylizeClip(stylizer, frames, sample, style, {
      ...clipOptions(options, stylizer),
      stabilizer,
      onSample: (count) => watch.sampled(count),
    });

    using pending = await PendingFile.create(target.path, target.name);
    using writer = new ClipWriter({ ...target, path: pending.path }, source, info, {
      ...settings,
      ...(options.crf === undefined ? {} : { crf: options.crf }),
    });
    let writing: Promise<void> | undefined;
    for await (const frame of results) {
      await writing;
      writing = writer.write(frame);
      writing.catch(() => {}); // Thrown before the next frame is written, or below.
      watch.restyled();
    }
    await writing;
    await writer.finish();
    await pending.finish();
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
  styles: readonly StyleName[],
  { output }: VideoOptions,
): NamedClip {
  const own = CLIP_SUFFIXES.includes(suffix(source.path)) ? suffix(source.path) : "mp4";
  const stylesPart = styles.map((style) => stem(nameOf(style))).join("-");
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

function noteChanges({ name }: NamedClip, info: ClipInfo, reporter: Reporter): void {
  const notes = [];
  if (info.variable) {
    const rate = info.rate.replace("/1", "");
    notes.push(`its frames are shown for different times; the result has ${rate} a second`);
  }
  if (info.interlaced) notes.push("it is interlaced; both fields are restyled as one picture");
  for (const note of notes) reporter.note(`${quote(name)}: ${note}`);
}
