import type { Pixels } from "../../image/mod.ts";
import {
  formatFrame,
  formatHeader,
  frameBytes,
  fromPixels,
  readAhead,
  stylizeClip,
  toPixels,
  type Y4mFrame,
  Y4mReader,
} from "../../video/mod.ts";
import type { MovingContent, MovingContentOptions } from "./moving_content.ts";
import { ClipProgress } from "./clip_progress.ts";
import { clipOptions, startStabilizer } from "./clip_settings.ts";
import { clipStyle, loadMixture } from "./clip_style.ts";
import { KeptLook } from "./kept_look.ts";
import { resizeFrame } from "./resize_frame.ts";
import { FileError, UsageError } from "../errors.ts";
import { readChunks } from "../io/input.ts";
import { checkWritable } from "../io/check_writable.ts";
import { PendingFile } from "../io/pending_file.ts";
import { describePath, isSameFile, resolvePath, STANDARD } from "../io/paths.ts";
import type { Reporter } from "../io/reporter.ts";
import { sampleSize } from "../options/clip_options.ts";
import { styleSettings } from "../options/style_options.ts";
import { loadStylizer } from "../load_stylizer.ts";
import { writeStandard } from "../io/standard_output.ts";

/** Bytes of frames that are held at most until their statistics are known. */
const HELD = 2 ** 28;

/** Stylizes a YUV4MPEG2 stream as one, frame by frame, in memory that does not grow with it. */
export async function stylize(
  { path: content, loadRegions }: MovingContent,
  options: MovingContentOptions,
  reporter: Reporter,
): Promise<void> {
  const { statistics = "clip", sample, frames: count } = options;
  const file = await chooseFile(content, options);
  const look = await KeptLook.of(options);
  const reader = await Y4mReader.open(readChunks(content));
  const { header } = reader;
  const source = readAhead(reader.frames(), 2);
  const most = Math.max(1, Math.min(sampleSize(options), Math.floor(HELD / frameBytes(header))));
  const held: Y4mFrame[] = [];
  while (held.length <= most) {
    const { done, value } = await source.next();
    if (done) break;
    held.push(value);
  }
  if (statistics === "clip" && held.length > most && most !== sample) {
    reporter.note(
      `all frames are matched by the statistics of the first ${most};` +
        " --statistics running follows the clip",
    );
  }
  using pending = file ? await PendingFile.create(file, options.output!) : undefined;
  using output = pending ? await pending.guard(Deno.open(pending.path, NEW)) : undefined;
  const write = output && pending
    ? (bytes: Uint8Array) => pending.guard(writeAll(output, bytes))
    : writeStandard;
  try {
    await stylizeFrames();
    await look.save(content, reporter);
    if (pending) await pending.finish(options.overwrite ?? false);
  } catch (error) {
    // Who reads the result has enough of it.
    if (!pending && isClosedPipe(error)) return;
    throw error;
  }
  reporter.clear();
  if (file) reporter.result(options.output!);

  async function stylizeFrames(): Promise<void> {
    const [first] = held;
    if (!first) return await write(formatHeader(header, header.width, header.height));
    const stylizer = await loadStylizer(options, reporter);
    const watch = new ClipProgress(reporter, describePath(content), count);
    const before = toPixels(first.planes, header);
    const style = clipStyle(
      await loadRegions(stylizer, before),
      options.to && await loadMixture(options.to, stylizer, styleSettings(options, before)),
      count,
    );
    const lines: string[] = [];
    using stabilizer = startStabilizer(options);
    const clip = stylizeClip(stylizer, frames(lines), sampled(), style, {
      ...clipOptions(options, stylizer),
      ...look.clipOptions,
      stabilizer,
      onSample: (count) => watch.sampled(count),
    });
    let writing: Promise<void> | undefined;
    for await (const pixels of clip) {
      const planes = fromPixels(pixels, header);
      if (writing) await writing;
      else await write(formatHeader(header, pixels.width, pixels.height));
      writing = writeFrame({ parameters: lines.shift()!, planes });
      writing.catch(() => {}); // Thrown before the next frame is written, or below.
      watch.restyled();
    }
    await writing;
  }

  async function writeFrame(frame: Y4mFrame): Promise<void> {
    for (const part of formatFrame(frame)) await write(part);
  }

  async function sized({ planes }: Y4mFrame): Promise<Pixels> {
    const pixels = toPixels(planes, header);
    return await resizeFrame(pixels, options);
  }

  async function* sampled(): AsyncGenerator<Pixels> {
    for (const frame of held.slice(0, most)) yield await sized(frame);
  }

  async function* frames(lines: string[]): AsyncGenerator<Pixels> {
    while (held.length > 0) yield await take(held.shift()!);
    for await (const frame of source) yield await take(frame);

    function take(frame: Y4mFrame): Promise<Pixels> {
      lines.push(frame.parameters);
      return sized(frame);
    }
  }
}

const NEW = { write: true, createNew: true };

/** The file that the result goes to; none for standard output. */
async function chooseFile(
  content: string,
  options: MovingContentOptions,
): Promise<string | undefined> {
  // As of pictures, only what comes from standard input goes to standard output by itself.
  const { output = content === STANDARD ? STANDARD : undefined } = options;
  if (options.format) {
    throw new UsageError(`--format ${options.format} is for pictures, not for clips`);
  }
  if (output === STANDARD && !Deno.stdout.isTerminal()) return undefined;
  if (output === undefined || output === STANDARD) {
    const others = content === STANDARD ? "redirect standard output" : "-o - for standard output";
    throw new UsageError(`Where should the result go? Add -o FILE.y4m, or ${others}`);
  }
  if (!/\.y4m$/i.test(output)) {
    throw new UsageError(
      "A Y4M stream becomes one: end the output's name with .y4m, or use `video`",
    );
  }
  const path = resolvePath(output);
  if (content !== STANDARD && isSameFile(path, content)) {
    throw new UsageError(`The result would replace the content ${describePath(content)}`);
  }
  await checkWritable(path, output, options.overwrite ?? false);
  return path;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof FileError && error.cause instanceof Deno.errors.BrokenPipe;
}
