import {
  type CodecService,
  CodecThreads,
  type DecodedImage,
  defaultCodecs,
  ImageError,
  type Pixels,
} from "../../image/mod.ts";
import {
  makeThumbnail,
  type PackedStyle,
  type StyleMoments,
  type Stylizer,
  writePack,
} from "../../mod.ts";
import { FileError, UsageError } from "../errors.ts";
import { writeAtomically } from "../io/atomic_write.ts";
import { checkWritable } from "../io/check_writable.ts";
import { checkNotPictureName } from "../io/file_kinds.ts";
import { describeLeftOut, findPictures } from "../io/find_pictures.ts";
import { resolvePath, STANDARD, stem } from "../io/paths.ts";
import { readImage, type ReadSettings } from "../io/read_picture.ts";
import { Reporter } from "../io/reporter.ts";
import { checkRedirected, writeStandard } from "../io/standard_output.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import { loadStylizer } from "../load_stylizer.ts";
import type { Sides } from "../resizing.ts";
import { styleResizing } from "../styles.ts";
import type { ReadOptions, ReportOptions, RuntimeOptions } from "../options/types.ts";

/** Options of the subcommand. */
export interface PrecomputeOptions extends ReportOptions, ReadOptions, RuntimeOptions {
  output: string;
  name?: string;
  pool?: string;
  styleSize?: number;
  strict?: boolean;
  overwrite?: boolean;
}

/** Carries out `precompute-style-covariance`. */
export async function precompute(paths: string[], options: PrecomputeOptions): Promise<void> {
  const found = await findPictures(paths);
  const files = found.files.map(({ path }) => path);
  if (options.name !== undefined && files.length > 1) {
    throw new UsageError(`--name is for one style: here are ${files.length}`);
  }
  const { pool } = options;
  // Pictures that become one style need no names of their own.
  const names = pool === undefined ? uniqueNames(files, options.name) : files;
  checkNotPictureName(options.output, "A style pack", "art.safetensors");
  const target = options.output === STANDARD ? undefined : resolvePath(options.output);
  const { overwrite = false } = options;
  if (target) await checkWritable(target, options.output, overwrite);
  else checkRedirected();
  const reporter = new Reporter(options);
  const styles: PackedStyle[] = [];
  let sums: StyleMoments | undefined;
  let [read, failed] = [0, 0];
  const time = { networks: 0, all: 0 };
  try {
    const stylizer = await loadStylizer(options, reporter);
    const settings = {
      maxPixels: options.maxPixels,
      reporter,
      resizing: (source: Sides) =>
        styleResizing(source, options.styleSize, stylizer.model.styleSize),
    };
    const started = performance.now();
    using thread = files.length > 1 ? new CodecThreads() : undefined;
    const images = thread ?? defaultCodecs;
    for (const [index, picture] of readAhead(files, { ...settings, images })) {
      const [file, name] = [files[index]!, names[index]!];
      reporter.step(`Style ${index + 1} of ${files.length}: ${name}`);
      try {
        if (pool === undefined) {
          styles.push(await encode(await picture, file, name, stylizer, images, time));
        } else {
          const moments = await measure((await picture).pixels, file, stylizer, time);
          if (sums) sums.add(moments);
          else sums = moments;
        }
        read++;
      } catch (error) {
        if (options.strict || !(error instanceof FileError || error instanceof ImageError)) {
          throw error;
        }
        reporter.error(error);
        failed++;
      }
    }
    time.all = performance.now() - started;
    reporter.clear();
    if (read === 0) throw new FileError("No style could be read: no pack is written");
    if (sums) styles.push({ name: pool!, ...await stylizer.summarizeStyle(sums) });
    const pack = await writePack(styles);
    if (target) await writeAtomically(target, pack, options.output, overwrite);
    else await writeStandard(pack);
  } finally {
    reporter.clear();
  }
  if (target) {
    const what = pool === undefined ? "styles" : `pictures pooled as ${pool}`;
    const counts = files.length === 1 ? [] : [`${read} of ${files.length} ${what}`];
    const leftOut = await describeLeftOut(found.leftOut);
    const summary = [...counts, ...leftOut ? [leftOut] : []].join("; ");
    reporter.result(summary ? `${options.output}: ${summary}` : options.output);
  }
  const share = (100 * time.networks / time.all).toFixed(0);
  reporter.detail(`${(time.all / 1000).toFixed(1)} s, ${share} % of it in the networks`);
  if (failed > 0) throw new FileError(`${failed} of ${files.length} pictures could not be read`);
}

/** Names for files, from their own. */
function uniqueNames(files: string[], name: string | undefined): string[] {
  const names = files.map((file) => name ?? stem(file));
  const seen = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new UsageError(
        `Two styles would be called "${name}": "${other}" and "${files[index]}"; rename a file`,
      );
    }
    seen.set(name, files[index]!);
  }
  return names;
}

async function encode(
  { pixels }: DecodedImage,
  file: string,
  name: string,
  stylizer: Stylizer,
  images: CodecService,
  time: { networks: number },
): Promise<PackedStyle> {
  const { width, height } = pixels;
  // Of a copy, since the thread takes what it resizes.
  const thumbnail = makeThumbnail(
    { ...pixels, data: pixels.data.slice() },
    (copy, ...sides) => images.resize(copy, ...sides),
  );
  thumbnail.catch(() => {}); // A failure is thrown where it is awaited.
  const started = performance.now();
  const statistics = await withPathInErrors(file, () => stylizer.encodeStyle(pixels));
  time.networks += performance.now() - started;
  return { ...statistics, name, width, height, thumbnail: await thumbnail };
}

async function measure(
  pixels: Pixels,
  file: string,
  stylizer: Stylizer,
  time: { networks: number },
): Promise<StyleMoments> {
  const started = performance.now();
  const [moments] = await withPathInErrors(file, () => stylizer.measureStyle(pixels));
  time.networks += performance.now() - started;
  return moments!;
}

/** Pictures that are read ahead: files are opened only where the networks leave a gap. */
const AHEAD = 4;

/** The pictures, each read while those before it are used. */
function* readAhead(
  files: readonly string[],
  settings: ReadSettings,
): Generator<[index: number, picture: Promise<DecodedImage>]> {
  const ahead: Promise<DecodedImage>[] = [];
  for (const [index] of files.entries()) {
    for (const file of files.slice(index + ahead.length, index + AHEAD)) {
      const picture = readImage(file, settings);
      picture.catch(() => {}); // A failure is thrown where it is awaited.
      ahead.push(picture);
    }
    yield [index, ahead.shift()!];
  }
}
