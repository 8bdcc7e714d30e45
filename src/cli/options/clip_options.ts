/**
 * What `stylize` and `video` have in common where the content is a clip.
 *
 * @module
 */

import { ANIMATION_FORMATS, listFormats } from "../../image/mod.ts";
import { type Command, Option } from "commander";
import { mixStyles, type Region, type StyleStatistics, type Stylizer } from "../../mod.ts";
import {
  CLIP_STATISTICS,
  type ClipOptions,
  type ClipStatistics,
  type ClipStyle,
  DEFAULT_STABILIZATION,
  fadeStyle,
  StabilizerThread,
} from "../../video/mod.ts";
import { UsageError } from "../errors.ts";
import { formatDuration } from "../io/format_duration.ts";
import type { Reporter } from "../io/reporter.ts";
import { loadStyle, parseStyle, type StyleName, type StyleSettings } from "../styles.ts";
import { repeated, share, wholeNumber } from "./parsers.ts";
import { stylizeSettings } from "./style_options.ts";
import type { StyleOptions } from "./types.ts";

/** Options of clips, absent where they are not options. */
export interface ClipSettings {
  statistics?: ClipStatistics;
  sample?: number;
  steady?: number;
  to?: StyleName[];
}

/** Frames that the statistics of a clip are taken from where no number is options. */
const SAMPLE = 32;

/** Adds the options that {@linkcode ClipSettings} holds. */
export function addClipOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--statistics <whose>",
        "of a clip: match frames by the clip's statistics," +
          " those of the frames up to now, or each by its own (default: clip)",
      ).choices(CLIP_STATISTICS),
    )
    .addOption(
      new Option("--sample <n>", `frames that the clip's are taken from (default: ${SAMPLE})`)
        .argParser(wholeNumber(1, 1e6)),
    )
    .addOption(
      new Option(
        "--steady <0..1>",
        "how much of a frame is kept from the one before it where they show the same" +
          ` (default: ${DEFAULT_STABILIZATION}; ${listFormats(ANIMATION_FORMATS, "and")}: 0)`,
      ).argParser(share(0, 1)),
    )
    .addOption(
      new Option("--to <file:weight>", "of a clip: style that it turns to, frame by frame")
        .argParser(repeated(parseStyle)),
    );
}

/** Frames that the statistics are taken from: none where each frame has, or adds, its own. */
export function sampleSize({ statistics = "clip", sample = SAMPLE }: ClipSettings): number {
  return statistics === "clip" ? sample : 0;
}

/** How a clip is restyled, by the options. */
export function clipOptions(options: StyleOptions & ClipSettings, stylizer: Stylizer): ClipOptions {
  return {
    ...stylizeSettings(options, stylizer),
    ...(options.statistics ? { statistics: options.statistics } : {}),
    ...(options.steady === undefined ? {} : { stabilization: options.steady }),
  };
}

/** A stabilizer that runs beside the networks, by the options. */
export function startStabilizer(
  { steady = DEFAULT_STABILIZATION }: ClipSettings,
): StabilizerThread {
  return new StabilizerThread(steady);
}

/** One style of all that are named. */
export async function loadMixture(
  names: readonly StyleName[],
  stylizer: Stylizer,
  settings: StyleSettings,
): Promise<StyleStatistics> {
  const parts = [];
  for (const name of names) {
    parts.push({ style: await loadStyle(name, stylizer, settings), weight: name.weight });
  }
  return mixStyles(parts);
}

/**
 * The style of a clip: that of some regions, or one that turns into another where one is named.
 *
 * @param count frames of the clip, where known
 * @throws {UsageError} if it turns to a style, and that cannot be done
 */
export function clipStyle(
  regions: readonly Region[],
  to: StyleStatistics | undefined,
  count: number | undefined,
): ClipStyle {
  if (!to) return regions;
  if (regions.length !== 1 || regions[0]!.mask) {
    throw new UsageError("--to is for a clip without masks");
  }
  if (count === undefined) {
    throw new UsageError("--to needs the length of the clip: add --frames N");
  }
  const style = fadeStyle(regions[0]!.style, to, count);
  return (index) => [{ style: style(index) }];
}

/** Says how far the work on a clip is. */
export class ClipProgress {
  #done = 0;
  #started = performance.now();

  /** @param count frames of the clip, where known */
  constructor(
    private readonly reporter: Reporter,
    private readonly name: string,
    private readonly count: number | undefined,
  ) {}

  /** Told of the sample, frame by frame. */
  sampled(count: number): void {
    this.reporter.step(`Looking at ${this.name}: frame ${count}`);
    this.#started = performance.now();
  }

  /** Told of the result, frame by frame. */
  restyled(): void {
    this.#done++;
    const rate = this.#done / ((performance.now() - this.#started) / 1000);
    const of = this.count === undefined ? "" : ` of ${this.count}`;
    const left = this.count === undefined
      ? ""
      : `, ${formatDuration(Math.max(0, this.count - this.#done) / rate)} left`;
    this.reporter.step(
      `Restyling ${this.name}: frame ${this.#done}${of}, ${rate.toFixed(1)} frames/s${left}`,
    );
  }
}
