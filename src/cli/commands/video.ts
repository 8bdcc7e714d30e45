import { Command, Option } from "commander";
import {
  CLIP_SUFFIXES,
  type ClipFacts,
  type ClipFile,
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
  loadMixture,
  lookOf,
  sampleSize,
  startSteadier,
} from "../options/clip_options.ts";
import { FileError, quote, UsageError } from "../errors.ts";
import { STANDARD } from "../io/input.ts";
import { options, whole } from "../options/definitions.ts";
import { checkWritable, PendingFile } from "../io/atomic_write.ts";
import { beside, exists, isSameFile, resolvePath, stem, suffix } from "../io/paths.ts";
import { Progress } from "../io/progress.ts";
import { checkRestyleOptions, type RestyleOptions, styleSettings } from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";
import { nameOf, parseStyle, type StyleName } from "../styles.ts";

interface VideoOptions extends RestyleOptions, ClipSettings {
  style?: StyleName[];
  crf?: number;
}

/** The `video` subcommand. */
export function command(): Command {
  const command = new Command("video")
    .argument("<clip>", "video to restyle: whatever ffmpeg reads")
    .argument("[style]", "picture, or style pack, to take the style of; PACK#NAME: one of a pack")
    .addOption(
      new Option("--style <file:weight>", "a style more, and how much of it (repeatable)")
        .argParser((text, before: StyleName[] = []) => [...before, parseStyle(text)]),
    )
    .addOption(
      new Option("-o, --output <file>", "of .mp4, .mov, .mkv or .webm (default: beside the clip)"),
    );
  addClipOptions(command);
  const shared = [
    options.alpha(),
    options.levels(),
    options.size(),
    options.styleSize(),
    options.preserveColor(),
    options.colorOnly(),
    options.tile(),
    options.maxPixels(),
    new Option("--crf <n>", "of the result: less is closer, and larger (default: 18; VP9: 24)")
      .argParser(whole(0, 63)),
    options.overwrite(),
    options.backend(),
    options.precision(),
    options.threads(),
    options.model(),
    options.quiet(),
    options.verbose(),
  ];
  for (const option of shared) command.addOption(option);
  return command
    .addHelpText(
      "after",
      "\nExamples: linear-style video clip.mp4 painting.jpg -o out.mp4" +
        "\n          linear-style video clip.mp4 --style a.jpg --to b.jpg -o out.mkv",
    )
    .action(restyleVideo);
}

async function restyleVideo(
  clip: string,
  style: string | undefined,
  given: VideoOptions,
): Promise<void> {
  checkRestyleOptions(given);
  const names = [...(style === undefined ? [] : [parseStyle(style)]), ...given.style ?? []];
  if (names.length === 0) throw new UsageError("missing required argument 'style'");
  if ([clip, ...[...names, ...given.to ?? []].map(({ path }) => path)].includes(STANDARD)) {
    throw new UsageError("Clip and styles are files: for a pipe use `stylize -` with Y4M");
  }
  const original: ClipFile = { path: resolvePath(clip), shown: clip };
  if (!exists(clip)) throw new FileError(`Cannot read ${quote(clip)}: there is no such file`);
  const target = chooseTarget(original, names, given);
  await checkWritable(target.path, target.shown, given.overwrite ?? false);
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  try {
    progress.step(`Reading ${quote(clip)}`);
    const facts = await probeClip(original);
    if (!given.quiet) noteChanges(original, facts, progress);
    await restyleClip(original, facts, names, target, given, progress);
  } finally {
    progress.clear();
  }
  if (!given.quiet) console.error(target.shown);
}

async function restyleClip(
  original: ClipFile,
  facts: ClipFacts,
  names: readonly StyleName[],
  target: ClipFile,
  given: VideoOptions,
  progress: Progress,
): Promise<void> {
  const stylizer = await loadStylizer(given, progress);
  const size = sizeOf(facts, given.size);
  const [first] = await Array.fromAsync(readFrames(original, facts, { ...size, most: 1 }));
  progress.step("Reading the style");
  const settings = styleSettings(given, first);
  const look = lookOf(
    [{ style: await loadMixture(names, stylizer, settings) }],
    given.to && await loadMixture(given.to, stylizer, settings),
    facts.count,
  );
  const most = sampleSize(given);
  const every = Math.max(1, Math.ceil((facts.count ?? 0) / Math.max(1, most)));
  const watch = new ClipProgress(progress, quote(original.shown), facts.count);
  const frames = readAhead(readFrames(original, facts, size), 2);
  const sample = readAhead(readFrames(original, facts, { ...size, every, most }));
  using steadying = startSteadier(given);
  const results = stylizeClip(stylizer, frames, sample, look, {
    ...clipOptions(given, stylizer),
    steadying,
    onSample: (count) => watch.sampled(count),
  });

  using pending = await PendingFile.create(target.path, target.shown);
  using writer = new ClipWriter(pending.path, target.shown, original, facts, {
    ...size,
    ...(given.crf === undefined ? {} : { crf: given.crf }),
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

/** The clip's size, or one of an even number of pixels with that short side. */
function sizeOf({ width, height }: ClipFacts, short: number | undefined) {
  if (!short) return { width, height };
  const scale = short / Math.min(width, height);
  const side = (length: number) => Math.max(2, 2 * Math.round(length * scale / 2));
  return { width: side(width), height: side(height) };
}

/** Where the result goes: to `--output`, else beside the clip as `<clip>-<style>`. */
function chooseTarget(
  { path, shown }: ClipFile,
  styles: readonly StyleName[],
  { output }: VideoOptions,
): ClipFile {
  const own = CLIP_SUFFIXES.includes(suffix(path)) ? suffix(path) : "mp4";
  const name = `${stem(shown)}-${styles.map((style) => stem(nameOf(style))).join("-")}.${own}`;
  const chosen = output ?? beside(shown, name);
  if (!CLIP_SUFFIXES.includes(suffix(chosen))) {
    const suffixes = CLIP_SUFFIXES.map((suffix) => `.${suffix}`).join(", ");
    throw new UsageError(`A video goes to a file whose name ends in ${suffixes}: ${quote(chosen)}`);
  }
  const target = resolvePath(chosen);
  if (isSameFile(target, path)) {
    throw new UsageError(`The result would replace the clip ${quote(shown)}`);
  }
  return { path: target, shown: chosen };
}

function noteChanges({ shown }: ClipFile, facts: ClipFacts, progress: Progress): void {
  const notes = [];
  if (facts.variable) {
    const rate = facts.rate.replace("/1", "");
    notes.push(`its frames are shown for different times; the result has ${rate} a second`);
  }
  if (facts.interlaced) notes.push("it is interlaced; both fields are restyled as one picture");
  progress.clear();
  for (const note of notes) console.error(`note: ${quote(shown)}: ${note}`);
}
