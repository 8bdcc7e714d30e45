import { type Pixels, resizeShortSide } from "../../image/mod.ts";
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
import type { AnimateOptions, Animation } from "./animate.ts";
import {
  clipOptions,
  ClipProgress,
  clipStyle,
  loadMixture,
  sampleSize,
  startStabilizer,
} from "../options/clip_options.ts";
import { FileError, UsageError } from "../errors.ts";
import { describe, readChunks, STANDARD } from "../io/input.ts";
import { checkWritable, PendingFile } from "../io/atomic_write.ts";
import { isSameFile, resolvePath } from "../io/paths.ts";
import type { Progress } from "../io/progress.ts";
import { styleSettings } from "../restyle.ts";
import { loadStylizer } from "../runtime.ts";
import { writeStandard } from "../io/standard_output.ts";

/** Bytes of frames that are held at most until their statistics are known. */
const HELD = 2 ** 28;

/** Restyles a YUV4MPEG2 stream as one, frame by frame, in memory that does not grow with it. */
export async function restyle(
  { content, loadRegions }: Animation,
  given: AnimateOptions,
  progress: Progress,
): Promise<void> {
  const { statistics = "clip", sample, frames: count, quiet } = given;
  const file = await chooseFile(content, given);
  const reader = await Y4mReader.open(readChunks(content));
  const { header } = reader;
  const source = readAhead(reader.frames(), 2);
  const most = Math.max(1, Math.min(sampleSize(given), Math.floor(HELD / frameBytes(header))));
  const held: Y4mFrame[] = [];
  while (held.length <= most) {
    const { done, value } = await source.next();
    if (done) break;
    held.push(value);
  }
  if (statistics === "clip" && held.length > most && most !== sample && !quiet) {
    console.error(
      `note: all frames are matched by the statistics of the first ${most};` +
        " --statistics running follows the clip",
    );
  }
  using pending = file ? await PendingFile.create(file, given.output!) : undefined;
  using output = pending ? await pending.during(Deno.open(pending.path, NEW)) : undefined;
  const write = output && pending
    ? (bytes: Uint8Array) => pending.during(writeAll(output, bytes))
    : writeStandard;
  try {
    await restyleFrames();
    if (pending) await pending.finish();
  } catch (error) {
    // Who reads the result has enough of it.
    if (!pending && isClosedPipe(error)) return;
    throw error;
  }
  progress.clear();
  if (file && !quiet) console.error(given.output);

  async function restyleFrames(): Promise<void> {
    const [first] = held;
    if (!first) return await write(formatHeader(header, header.width, header.height));
    const stylizer = await loadStylizer(given, progress);
    const watch = new ClipProgress(progress, describe(content), count);
    const before = toPixels(first.planes, header);
    const style = clipStyle(
      await loadRegions(stylizer, before),
      given.to && await loadMixture(given.to, stylizer, styleSettings(given, before)),
      count,
    );
    const lines: string[] = [];
    using stabilizer = startStabilizer(given);
    const clip = stylizeClip(stylizer, frames(lines), sampled(), style, {
      ...clipOptions(given, stylizer),
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
    return given.size ? await resizeShortSide(pixels, given.size, given.maxPixels) : pixels;
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
async function chooseFile(content: string, given: AnimateOptions): Promise<string | undefined> {
  const { output = STANDARD } = given;
  if (given.format) throw new UsageError(`--format ${given.format} is for pictures, not for clips`);
  if (output === STANDARD) {
    if (!Deno.stdout.isTerminal()) return undefined;
    throw new UsageError(
      "Where should the result go? Add -o FILE.y4m, or redirect standard output",
    );
  }
  if (!/\.y4m$/i.test(output)) {
    throw new UsageError(
      "A Y4M stream becomes one: end the output's name with .y4m, or use `video`",
    );
  }
  const path = resolvePath(output);
  if (content !== STANDARD && isSameFile(path, content)) {
    throw new UsageError(`The result would replace the content ${describe(content)}`);
  }
  await checkWritable(path, output, given.overwrite ?? false);
  return path;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof FileError && error.cause instanceof Deno.errors.BrokenPipe;
}
