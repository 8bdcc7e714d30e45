/**
 * What `stylize` and `blend` have in common: contents, results, and how these are to look.
 *
 * @module
 */

import type { Command } from "commander";
import {
  closeIdleCodecs,
  type Depth,
  type OutputFormat,
  type Pixels,
  type Samples,
} from "../image/mod.ts";
import type { Region, StylizeOptions, Stylizer, Tile } from "../mod.ts";
import { UsageError } from "./errors.ts";
import { STANDARD } from "./io/input.ts";
import type { Notify } from "./batch/effect.ts";
import type { Shard } from "./options/shard.ts";
import {
  options,
  type OutputOptions,
  type ReadOptions,
  type RuntimeOptions,
} from "./options/definitions.ts";
import type { StyleSettings } from "./styles.ts";

export interface RestyleOptions extends OutputOptions, ReadOptions, RuntimeOptions {
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
  depth?: Depth;
  metadata?: "keep" | "strip";
  overwrite?: boolean;
  skipExisting?: boolean;
  recursive?: boolean;
  /** Template for names of results. */
  name?: string;
  /** Results that are worked on at a time. */
  jobs: number;
  shard?: Shard;
  manifest?: string;
  json?: boolean;
}

/** Adds the options that {@linkcode RestyleOptions} holds. */
export function addRestyleOptions(command: Command): Command {
  const groups = {
    "Look:": [
      options.alpha(),
      options.levels(),
      options.styleSize(),
      options.preserveColor(),
      options.colorOnly(),
    ],
    "Result:": [
      options.output(),
      options.size(),
      options.format(),
      options.quality(),
      options.depth(),
      options.metadata(),
      options.overwrite(),
    ],
    "Many pictures:": [
      options.recursive(),
      options.name(),
      options.skipExisting(),
      options.jobs(),
      options.shard(),
      options.manifest(),
      options.json(),
    ],
    "Program:": [
      options.tile(),
      options.maxPixels(),
      options.backend(),
      options.precision(),
      options.threads(),
      options.model(),
      options.quiet(),
      options.verbose(),
    ],
  };
  for (const [heading, members] of Object.entries(groups)) {
    command.optionsGroup(heading);
    for (const option of members) command.addOption(option);
  }
  return command;
}

/** How styles are to be read, by the options. */
export function styleSettings(given: RestyleOptions, content?: Pixels<Samples>): StyleSettings {
  return {
    maxPixels: given.maxPixels,
    ...(given.styleSize ? { styleSize: given.styleSize } : {}),
    ...(content && given.preserveColor === "statistics" ? { colours: content } : {}),
  };
}

/** How a content is to look, by the options. */
export function lookSettings(given: RestyleOptions, stylizer: Stylizer): StylizeOptions {
  return {
    tile: given.tile,
    alpha: given.alpha,
    preserveColor: given.preserveColor === "luminance" ? "luminance" : "none",
    colorOnly: given.colorOnly ?? false,
    ...(given.levels ? { levels: checkLevels(given.levels, stylizer) } : {}),
  };
}

/** Restyles a content by regions; the content is lost. */
export function restyleRegions(
  content: Pixels<Samples>,
  regions: readonly Region[],
  stylizer: Stylizer,
  given: RestyleOptions,
  notify: Notify,
): Promise<Pixels<Samples>> {
  closeIdleCodecs(); // The networks need its memory.
  const onProgress = (share: number) => notify(`Restyling: ${Math.floor(100 * share)} %`);
  onProgress(0);
  const settings = { ...lookSettings(given, stylizer), inPlace: true, onProgress };
  return stylizer.stylizeRegions(content, regions, settings);
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

/** Refuses a command line that reads standard input twice, which nothing could tell apart. */
export function checkStandardInput(paths: (string | undefined)[]): void {
  if (paths.filter((path) => path === STANDARD).length > 1) {
    throw new UsageError("Only one of the files can be standard input: name a file for the others");
  }
}
