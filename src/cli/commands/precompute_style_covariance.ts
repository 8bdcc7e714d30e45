import { Command, Option } from "commander";
import {
  type CodecService,
  CodecThreads,
  type DecodedImage,
  defaultCodecs,
  ImageError,
  type Pixels,
} from "../../image/mod.ts";
import { type PackedStyle, type Stylizer, type Thumbnail, writePack } from "../../mod.ts";
import { FileError, report, UsageError } from "../errors.ts";
import { expand } from "../io/find_pictures.ts";
import { naming, readImage, type ReadSettings, STANDARD } from "../io/input.ts";
import {
  options,
  type OutputOptions,
  type ReadOptions,
  type RuntimeOptions,
} from "../options/definitions.ts";
import { checkWritable, writeWhole } from "../io/atomic_write.ts";
import { resolvePath, stem } from "../io/paths.ts";
import { Progress } from "../io/progress.ts";
import { loadStylizer } from "../runtime.ts";
import { checkRedirected, writeStandard } from "../io/standard_output.ts";

interface PrecomputeOptions extends OutputOptions, ReadOptions, RuntimeOptions {
  output: string;
  name?: string;
  styleSize?: number;
  strict?: boolean;
  overwrite?: boolean;
}

/** Longest side of a style's small picture in a pack, in pixels. */
const THUMBNAIL = 96;

/** The `precompute-style-covariance` subcommand. */
export function command(): Command {
  return new Command("precompute-style-covariance")
    .argument("<styles...>", "pictures, folders of pictures, or patterns")
    .addOption(
      new Option("-o, --output <pack>", "file to write, or - for standard output")
        .makeOptionMandatory(),
    )
    .addOption(new Option("--name <name>", "of the style, where it is one (default: its file's)"))
    .addOption(options.styleSize())
    .addOption(new Option("--strict", "stop at the first picture that cannot be read"))
    .addOption(options.overwrite())
    .addOption(options.maxPixels())
    .addOption(options.backend())
    .addOption(options.precision())
    .addOption(options.threads())
    .addOption(options.model())
    .addOption(options.quiet())
    .addOption(options.verbose())
    .addHelpText(
      "after",
      "\nExample: linear-style precompute-style-covariance art/ -o art.safetensors",
    )
    .action(precompute);
}

async function precompute(paths: string[], given: PrecomputeOptions): Promise<void> {
  const files = (await expand(paths)).map(({ path }) => path);
  if (given.name !== undefined && files.length > 1) {
    throw new UsageError(`--name is for one style: here are ${files.length}`);
  }
  const names = uniqueNames(files, given.name);
  const target = given.output === STANDARD ? undefined : resolvePath(given.output);
  if (target) await checkWritable(target, given.output, given.overwrite ?? false);
  else checkRedirected();
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  const styles: PackedStyle[] = [];
  let failed = 0;
  const time = { networks: 0, all: 0 };
  try {
    const stylizer = await loadStylizer(given, progress);
    const { styleSize = stylizer.model.styleSize } = given;
    const settings = { maxPixels: given.maxPixels, shortSide: styleSize };
    const started = performance.now();
    using thread = files.length > 1 ? new CodecThreads() : undefined;
    const images = thread ?? defaultCodecs;
    for (const [index, read] of readAhead(files, { ...settings, images })) {
      const [file, name] = [files[index]!, names[index]!];
      progress.step(`Style ${index + 1} of ${files.length}: ${name}`);
      try {
        styles.push(await encode(await read, file, name, stylizer, images, time));
      } catch (error) {
        if (given.strict || !(error instanceof FileError || error instanceof ImageError)) {
          throw error;
        }
        progress.clear();
        report(error, given.verbose ?? false);
        failed++;
      }
    }
    time.all = performance.now() - started;
    progress.clear();
    if (styles.length === 0) throw new FileError("No style could be read: no pack is written");
    const pack = await writePack(styles);
    if (target) await writeWhole(target, pack, given.output);
    else await writeStandard(pack);
  } finally {
    progress.clear();
  }
  if (!given.quiet && target) {
    const counts = `${styles.length} of ${files.length} styles`;
    console.error(files.length === 1 ? given.output : `${given.output}: ${counts}`);
  }
  if (given.verbose) {
    const share = (100 * time.networks / time.all).toFixed(0);
    console.error(`${(time.all / 1000).toFixed(1)} s, ${share} % of it in the networks`);
  }
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
  const thumbnail = shrink(pixels, images);
  thumbnail.catch(() => {}); // Its failure is told where it is awaited.
  const started = performance.now();
  const statistics = await naming(file, stylizer.encodeStyle(pixels));
  time.networks += performance.now() - started;
  return { ...statistics, name, width, height, thumbnail: await thumbnail };
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
      picture.catch(() => {}); // Its failure is told where it is awaited.
      ahead.push(picture);
    }
    yield [index, ahead.shift()!];
  }
}

async function shrink(
  { data, width, height }: Pixels,
  images: CodecService,
): Promise<Thumbnail> {
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const copy = { data: data.slice(), width, height };
  const small = await images.resize(copy, side(width), side(height));
  const rgb = small.data.filter((_, index) => index % 4 !== 3);
  return { ...small, data: new Uint8Array(rgb) };
}
