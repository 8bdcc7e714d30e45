import { Command, Option } from "commander";
import { ImageThread } from "../../image/thread/image_thread.ts";
import {
  ImageError,
  type PackedStyle,
  type Picture,
  type Pixels,
  resize,
  type Stylizer,
  type Thumbnail,
  writePack,
} from "../../mod.ts";
import { FileError, report, UsageError } from "../errors.ts";
import { expand } from "../expand.ts";
import { naming, readImage, type ReadSettings } from "../input.ts";
import { options, type OutputOptions, type ReadOptions, type RuntimeOptions } from "../options.ts";
import { checkWritable, writeWhole } from "../output.ts";
import { resolvePath, stem } from "../paths.ts";
import { Progress } from "../progress.ts";
import { loadStylizer } from "../runtime.ts";

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
    .addOption(new Option("-o, --output <pack>", "file to write").makeOptionMandatory())
    .addOption(new Option("--name <name>", "of the style, where it is one (default: its file's)"))
    .addOption(options.styleSize())
    .addOption(new Option("--strict", "stop at the first picture that cannot be read"))
    .addOption(options.overwrite())
    .addOption(options.maxPixels())
    .addOption(options.backend())
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
  const target = resolvePath(given.output);
  const files = (await expand(paths)).map(({ path }) => path);
  if (given.name !== undefined && files.length > 1) {
    throw new UsageError(`--name is for one style: here are ${files.length}`);
  }
  const names = uniqueNames(files, given.name);
  await checkWritable(target, given.output, given.overwrite ?? false);
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  const styles: PackedStyle[] = [];
  let failed = 0;
  const time = { networks: 0, all: 0 };
  try {
    const stylizer = await loadStylizer(given, progress);
    const { styleSize = stylizer.network.manifest.styleSize } = given;
    const settings = { maxPixels: given.maxPixels, shortSide: styleSize };
    const started = performance.now();
    for await (const [index, read] of readAhead(files, settings)) {
      const [file, name] = [files[index]!, names[index]!];
      progress.step(`Style ${index + 1} of ${files.length}: ${name}`);
      try {
        styles.push(await encode(await read, file, name, stylizer, time));
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
    await writeWhole(target, await writePack(styles), given.output);
  } finally {
    progress.clear();
  }
  if (!given.quiet) {
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
  { pixels }: Picture,
  file: string,
  name: string,
  stylizer: Stylizer,
  time: { networks: number },
): Promise<PackedStyle> {
  const { width, height } = pixels;
  const started = performance.now();
  const statistics = await naming(file, stylizer.encodeStyle(pixels));
  time.networks += performance.now() - started;
  return { ...statistics, name, width, height, thumbnail: await shrink(pixels) };
}

/** The pictures, each read, on a thread where they are many, while the one before it is used. */
async function* readAhead(
  files: readonly string[],
  settings: ReadSettings,
): AsyncGenerator<[index: number, picture: Promise<Picture>]> {
  using thread = files.length > 1 ? new ImageThread() : undefined;
  const read = (index: number) => {
    if (index >= files.length) return undefined;
    const picture = readImage(files[index]!, {
      ...settings,
      ...(thread ? { images: thread } : {}),
    });
    picture.catch(() => {}); // Its failure is told where it is awaited.
    return picture;
  };
  let ahead = read(0);
  for (let index = 0; ahead; index++) {
    const current = ahead;
    ahead = read(index + 1);
    yield [index, current];
  }
}

async function shrink(pixels: Pixels): Promise<Thumbnail> {
  const scale = Math.min(1, THUMBNAIL / Math.max(pixels.width, pixels.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const { data, width, height } = await resize(pixels, side(pixels.width), side(pixels.height));
  return { data: new Uint8Array(data.filter((_, index) => index % 4 !== 3)), width, height };
}
