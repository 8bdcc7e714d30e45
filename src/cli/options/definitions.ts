import { type Command, Option } from "commander";
import { BACKEND_NAMES, PRECISIONS } from "../../../backends/mod.ts";
import {
  DEEP_FORMATS,
  DEFAULT_BRUSH,
  DEPTHS,
  listFormats,
  LOSSY_FORMATS,
  MAX_PIXELS,
  OUTPUT_FORMATS,
} from "../../choices.ts";
import {
  alpha,
  BRUSH_NAMES,
  COLOR_WAYS,
  depth,
  FITS,
  levelWeights,
  pixelCount,
  shard,
  side,
  size,
  tile,
  wholeNumber,
} from "./parsers.ts";

/** Options that several subcommands have, each a new one for commander. */
export const option = {
  output: () =>
    new Option(
      "-o, --output <path>",
      "file or folder to write; - is standard output" +
        " (default: beside the content; of - standard output)",
    ),
  alpha: () =>
    new Option(
      "--alpha <0..1.5>",
      "strength: 0 is the content, 1 or 100% full style, 1.5 beyond it",
    )
      .argParser(alpha).default(1),
  brush: () =>
    new Option(
      "--brush <width>",
      "of the strokes: fine is painted in 1 pass, medium in 2, broad in 3, from coarse to fine",
    )
      .choices(BRUSH_NAMES).default(DEFAULT_BRUSH),
  levels: () =>
    new Option("--levels <n:weight,...>", "weights of levels, from 1, grain, to 4, shape")
      .argParser(levelWeights),
  preserveColor: () =>
    new Option(
      "--preserve-color <how>",
      "keep the content's colors: by taking only brightness" +
        " from the result, or by recoloring the style first",
    )
      .choices(COLOR_WAYS).default("none"),
  photo: () =>
    new Option(
      "--photo",
      "keep a photograph one: take the style's light and colors, paint nothing",
    ),
  saveLut: () =>
    new Option(
      "--save-lut <file>",
      "of --photo: keep what is the same everywhere as a .cube table",
    ),
  colorOnly: () => new Option("--color-only", "take the style's colors, and nothing else of it"),
  size: () =>
    new Option(
      "--size <px|WxH>",
      "short side of the result, or its width and height, like 3840x2160 (default: as the content)",
    )
      .argParser(size),
  fit: () =>
    new Option(
      "--fit <how>",
      "with --size WxH: cover crops, contain stays within, fill distorts (default: cover)",
    )
      .choices(FITS),
  shortSide: () =>
    new Option("--size <px>", "short side of the result (default: as the content)")
      .argParser(side),
  styleSize: () =>
    new Option(
      "--style-size <px>",
      "short side the style is seen at; more: finer strokes (default: 512, thin ones less)",
    )
      .argParser(side),
  tile: () =>
    new Option("--tile <px>", "work on tiles of this side; auto: where it must; off: never")
      .argParser(tile).default("auto"),
  format: () =>
    new Option(
      "--format <name>",
      "of the result (default: by its name, else as the content)",
    )
      .choices(OUTPUT_FORMATS),
  quality: () =>
    new Option("--quality <1..100>", `of ${listFormats(LOSSY_FORMATS, "and")}`).argParser(
      wholeNumber(1, 100),
    )
      .default(92),
  depth: () =>
    new Option(
      "--depth <bits>",
      `a channel; 16: ${listFormats(DEEP_FORMATS, "and")} (default: as the content)`,
    )
      .choices(DEPTHS.map(String)).argParser(depth),
  metadata: () =>
    new Option(
      "--metadata <how>",
      "keep or strip who took it, when and where (default: keep where the format is kept)",
    )
      .choices(["keep", "strip"]),
  maxPixels: () =>
    new Option("--max-pixels <n>", "refuse larger pictures, before they fill the memory")
      .argParser(pixelCount).default(MAX_PIXELS, `${MAX_PIXELS / 1e6}MP`),
  overwrite: () => new Option("-y, --overwrite", "replace a file that exists"),
  skipExisting: () =>
    new Option("--skip-existing", "leave out results that exist: goes on after a stop")
      .conflicts("overwrite"),
  recursive: () => new Option("-r, --recursive", "folders in folders too; -o keeps their tree"),
  name: () => new Option("--name <template>", "of results in a folder: {content}-{style}"),
  jobs: () =>
    new Option("--jobs <n>", "pictures read and written while others are restyled")
      .argParser(wholeNumber(1, 64)).default(2),
  shard: () =>
    new Option("--shard <i/n>", "only the i-th of n parts, for many machines")
      .argParser(shard),
  manifest: () => new Option("--manifest <file>", "list what becomes what, as TSV"),
  backend: () =>
    new Option("--backend <name>", "what computes").choices([
      "auto",
      ...BACKEND_NAMES,
    ])
      .default("auto"),
  precision: () =>
    new Option("--precision <how>", "webgpu computes; float16 is within 8 of 255")
      .choices([...PRECISIONS]).default("float32"),
  threads: () =>
    new Option("--threads <n>", "of the processor (default: all)").argParser(
      wholeNumber(1, 256),
    ),
  model: () =>
    new Option("--model <name>", "a model of this program, or a model's folder")
      .default("default"),
  quiet: () => new Option("-q, --quiet", "say nothing but errors"),
  verbose: () =>
    new Option("-v, --verbose", "say what is done, and where errors come from").conflicts("quiet"),
  json: () => new Option("--json", "print JSON to standard output"),
};

/** The options that say how a result looks, of pictures as of clips. */
export function lookOptions(): Option[] {
  return [
    option.photo(),
    option.alpha(),
    option.brush(),
    option.levels(),
    option.styleSize(),
    option.preserveColor(),
    option.colorOnly(),
  ];
}

/** The options that say how the program works, of pictures as of clips. */
export function programOptions(): Option[] {
  return [
    option.tile(),
    option.maxPixels(),
    option.backend(),
    option.precision(),
    option.threads(),
    option.model(),
    option.quiet(),
    option.verbose(),
  ];
}

/** Adds options under their headings. */
export function addGroups(
  command: Command,
  groups: Readonly<Record<string, readonly Option[]>>,
): Command {
  for (const [heading, members] of Object.entries(groups)) {
    command.optionsGroup(heading);
    for (const member of members) command.addOption(member);
  }
  return command;
}
