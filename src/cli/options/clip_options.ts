/**
 * The options that `stylize` and `video` have for clips.
 *
 * @module
 */

import { type Command, Option } from "commander";
import {
  ANIMATION_FORMATS,
  CLIP_STATISTICS,
  type ClipStatistics,
  DEFAULT_STABILIZATION,
  listFormats,
} from "../../choices.ts";
import { parseStyle, type StyleName } from "../style_name.ts";
import { repeated, share, wholeNumber } from "./parsers.ts";

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
