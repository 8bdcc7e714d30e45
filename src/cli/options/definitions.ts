import { InvalidArgumentError, Option } from "commander";
import {
  BACKEND_NAMES,
  type BackendName,
  type Precision,
  PRECISIONS,
} from "../../../backends/mod.ts";
import {
  DEEP_FORMATS,
  type Depth,
  DEPTHS,
  listFormats,
  LOSSY_FORMATS,
  MAX_PIXELS,
  OUTPUT_FORMATS,
} from "../../image/mod.ts";
import type { Tile } from "../../mod.ts";
import { parseShard } from "./shard.ts";

/** Options of all subcommands that say something. */
export interface OutputOptions {
  quiet?: boolean;
  verbose?: boolean;
}

/** Options of all subcommands that read pictures. */
export interface ReadOptions {
  maxPixels: number;
}

/** Options of all subcommands that run the networks. */
export interface RuntimeOptions {
  backend: BackendName | "auto";
  threads?: number;
  precision: Precision;
  model: string;
}

/** Parses a whole number within bounds. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(
        `It must be a whole number from ${low} to ${high}.`,
      );
    }
    return value;
  };
}

/** Parses a number within bounds. */
export function number(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(
        `It must be a number from ${low} to ${high}.`,
      );
    }
    return value;
  };
}

/** Parses `400MP`, or a number of pixels. */
function pixelCount(text: string): number {
  const [, number, unit] = /^(\d*\.?\d+) ?(MP)?$/i.exec(text) ?? [];
  const value = Number(number) * (unit ? 1e6 : 1);
  if (!(Number.isInteger(value) && value > 0)) {
    throw new InvalidArgumentError("It must be like 50MP, or a whole number of pixels.");
  }
  return value;
}

/** Parses `1:0.2,3:0.8` as a weight for each level from 1 to the highest that is named. */
function levels(text: string): number[] {
  const weights: number[] = [];
  for (const part of text.split(",")) {
    const [, level, weight] = /^([1-9]\d?):(\d*\.?\d+)$/.exec(part) ?? [];
    if (!level || weights[Number(level) - 1] !== undefined) {
      throw new InvalidArgumentError("It must be like 1:0.2,3:0.8, with weights of 0 or more.");
    }
    weights[Number(level) - 1] = Number(weight);
  }
  if (!weights.some((weight) => weight > 0)) {
    throw new InvalidArgumentError("The weights must not all be 0.");
  }
  return Array.from(weights, (weight) => weight ?? 0);
}

function tile(text: string): Tile {
  if (text === "auto" || text === "off") return text;
  const side = /^\d+$/.test(text) ? Number(text) : 0;
  if (side < 64 || side > LONGEST) {
    throw new InvalidArgumentError(`It must be auto, off or a whole number from 64 to ${LONGEST}.`);
  }
  return side;
}

function depth(text: string): Depth {
  const bits = DEPTHS.find((bits) => `${bits}` === text);
  if (!bits) throw new InvalidArgumentError(`Allowed choices are ${DEPTHS.join(", ")}.`);
  return bits;
}

/** Longest side, in pixels, that an option may ask for. */
const LONGEST = 32768;

export const options = {
  output: () => new Option("-o, --output <path>", "file or folder to write; - is standard output"),
  alpha: () =>
    new Option("--alpha <0..1.5>", "strength: 0 is the content, 1 full style, 1.5 beyond it")
      .argParser(number(0, 1.5)).default(1),
  levels: () =>
    new Option("--levels <n:weight,...>", "weights of levels, from 1, grain, to 4, shape")
      .argParser(levels),
  preserveColor: () =>
    new Option(
      "--preserve-color <how>",
      "keep the content's colours: by taking only brightness" +
        " from the result, or by recoloring the style first",
    )
      .choices(["none", "luminance", "statistics"]).default("none"),
  colorOnly: () => new Option("--color-only", "take the style's colours, and nothing else of it"),
  size: () =>
    new Option(
      "--size <px>",
      "short side of the result (default: as the content)",
    )
      .argParser(whole(8, LONGEST)),
  styleSize: () =>
    new Option(
      "--style-size <px>",
      "short side the style is seen at; more: finer strokes",
    )
      .argParser(whole(8, LONGEST)),
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
      whole(1, 100),
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
  overwrite: () => new Option("--overwrite", "replace a file that exists"),
  skipExisting: () =>
    new Option("--skip-existing", "leave out results that exist: goes on after a stop")
      .conflicts("overwrite"),
  recursive: () => new Option("-r, --recursive", "folders in folders too; -o keeps their tree"),
  name: () => new Option("--name <template>", "of results in a folder: {content}-{style}"),
  jobs: () =>
    new Option("--jobs <n>", "pictures read and written while others are restyled")
      .argParser(whole(1, 64)).default(2),
  shard: () =>
    new Option("--shard <i/n>", "only the i-th of n parts, for many machines")
      .argParser(parseShard),
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
      whole(1, 256),
    ),
  model: () =>
    new Option("--model <name>", "a model of this program, or a model's folder")
      .default("default"),
  quiet: () => new Option("-q, --quiet", "say nothing but errors"),
  verbose: () =>
    new Option("-v, --verbose", "say what is done, and where errors come from").conflicts("quiet"),
  json: () => new Option("--json", "print JSON to standard output"),
};
