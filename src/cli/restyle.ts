/**
 * What `stylize` and `blend` have in common: a content, a result, and how it is to look.
 *
 * @module
 */

import type { Command } from "commander";
import type { OutputFormat } from "../image/format.ts";
import {
  encodeImage,
  type Pixels,
  type Region,
  resizeShortSide,
  type StylizeOptions,
  type Stylizer,
} from "../mod.ts";
import { UsageError } from "./errors.ts";
import { describe, naming, readImage, STANDARD } from "./input.ts";
import { options, type OutputOptions, type RuntimeOptions } from "./options.ts";
import { checkWritable, writeStandard, writeWhole } from "./output.ts";
import { Progress } from "./progress.ts";
import { loadStylizer } from "./runtime.ts";
import type { StyleSettings } from "./styles.ts";
import type { Tile } from "../tiling/choice.ts";
import { chooseOutput } from "./target.ts";

export interface RestyleOptions extends OutputOptions, RuntimeOptions {
  output?: string;
  alpha: number;
  levels?: number[];
  size?: number;
  styleSize?: number;
  preserveColor: "none" | "luminance" | "statistics";
  colorOnly?: boolean;
  tile: Tile;
  format?: OutputFormat;
  quality: number;
  overwrite?: boolean;
}

/** Adds the options that {@linkcode RestyleOptions} holds. */
export function addRestyleOptions(command: Command): Command {
  const shared = [
    options.output(),
    options.alpha(),
    options.levels(),
    options.size(),
    options.styleSize(),
    options.preserveColor(),
    options.colorOnly(),
    options.tile(),
    options.format(),
    options.quality(),
    options.overwrite(),
    options.backend(),
    options.threads(),
    options.model(),
    options.quiet(),
    options.verbose(),
  ];
  for (const option of shared) command.addOption(option);
  return command;
}

/** A content to restyle. */
export interface Job {
  /** Path of the content. */
  content: string;
  /** Name of the style, for the result's name. */
  styleName: string;
  /** Short side of the result, in pixels; default: the content's own. */
  size?: number;
  /** Makes the result. */
  work: (content: Pixels, stylizer: Stylizer, progress: Progress) => Promise<Pixels>;
}

/** Reads a content, works on it, and writes the result where the options say. */
export async function restyle(job: Job, given: RestyleOptions): Promise<void> {
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  try {
    progress.step(`Reading ${describe(job.content)}`);
    const { pixels, format } = await readImage(job.content);
    const target = chooseOutput(job.content, job.styleName, format, given);
    if (target.path) await checkWritable(target.path, target.shown, given.overwrite ?? false);
    const stylizer = await loadStylizer(given, progress);
    const sized = job.size ? await resizeShortSide(pixels, job.size) : pixels;
    const result = await naming(job.content, job.work(sized, stylizer, progress));
    progress.step(`Writing ${target.shown}`);
    const bytes = await encodeImage(result, target.format, { quality: given.quality });
    progress.clear();
    if (!target.path) return await writeStandard(bytes);
    await writeWhole(target.path, bytes, target.shown);
    if (!given.quiet) console.error(target.shown);
  } finally {
    progress.clear();
  }
}

/** How styles are to be read, by the options. */
export function styleSettings(given: RestyleOptions, content?: Pixels): StyleSettings {
  return {
    ...(given.styleSize ? { styleSize: given.styleSize } : {}),
    ...(content && given.preserveColor === "statistics" ? { colours: content } : {}),
  };
}

/** Restyles a content by regions, or as a whole where there is one without a mask; it is lost. */
export function restyleRegions(
  content: Pixels,
  regions: readonly Region[],
  stylizer: Stylizer,
  given: RestyleOptions,
  onProgress: (share: number) => void,
): Promise<Pixels> {
  const settings: StylizeOptions = {
    tile: given.tile,
    inPlace: true,
    onProgress,
    alpha: given.alpha,
    preserveColor: given.preserveColor === "luminance" ? "luminance" : "none",
    colorOnly: given.colorOnly ?? false,
    ...(given.levels ? { levels: checkLevels(given.levels, stylizer) } : {}),
  };
  const [first, ...more] = regions;
  return first && !first.mask && more.length === 0
    ? stylizer.stylize(content, first.style, settings)
    : stylizer.stylizeRegions(content, regions, settings);
}

/**
 * Refuses options that exclude each other, and notes what may go wrong.
 *
 * @throws {UsageError}
 */
export function checkRestyleOptions(given: RestyleOptions): void {
  if (given.colorOnly && given.preserveColor !== "none") {
    throw new UsageError("--color-only takes the style's colours, --preserve-color the content's");
  }
  if (given.alpha > 1 && !given.quiet) {
    console.error("note: --alpha above 1 goes beyond the style, and may go wrong");
  }
}

/** Weights by level, 1 and up, as one for each level of the model. */
export function checkLevels(weights: number[], { defaultLevels }: Stylizer): number[] {
  if (weights.length > defaultLevels.length) {
    throw new UsageError(
      `There is no level ${weights.length}: this model has levels 1 to ${defaultLevels.length}`,
    );
  }
  return defaultLevels.map((_, index) => weights[index] ?? 0);
}

/** Refuses a command line that reads standard input twice. */
export function checkStandardInput(paths: (string | undefined)[]): void {
  if (paths.filter((path) => path === STANDARD).length > 1) {
    throw new UsageError("Only one of the files can be standard input: name a file for the others");
  }
}
