import {
  ANIMATION_FORMATS,
  animationFormatOfName,
  formatOfName,
  isAnimated,
  listFormats,
  type Pixels,
  SIGNATURE_BYTES,
  suffixOf,
} from "../../image/mod.ts";
import type { Region, Stylizer } from "../../mod.ts";
import { Y4M_MAGIC } from "../../choices.ts";
import { UsageError } from "../errors.ts";
import { peek } from "../io/input.ts";
import type { ClipSettings } from "../options/clip_options.ts";
import type { StylizePicturesOptions } from "../options/picture_options.ts";

/** Options of `stylize` for a content that moves. */
export interface MovingContentOptions extends StylizePicturesOptions, ClipSettings {
  /** Frames of a stream, which does not say how many it has. */
  frames?: number;
}

/** A content that moves. */
export interface MovingContent {
  /** Its path. */
  path: string;
  /** Reads the styles, and where they go; `first` is the content's first frame. */
  loadRegions: (stylizer: Stylizer, first: Pixels) => Promise<Region[]>;
}

/** How a content moves: as a Y4M stream, or as a file that becomes an animation. */
export type Movement = "stream" | "animation";

/** How the contents of a command line move, if it is one that does. */
export async function detectMovement(
  contents: readonly string[],
  { output = "" }: MovingContentOptions,
): Promise<Movement | undefined> {
  const [path, ...more] = contents;
  if (path === undefined || more.length > 0) return undefined;
  const start = await peek(path, SIGNATURE_BYTES);
  if (new TextDecoder("latin1").decode(start).startsWith(Y4M_MAGIC)) return "stream";
  if (animationFormatOfName(output) === undefined) return undefined;
  return formatOfName(output) === undefined || isAnimated(start) ? "animation" : undefined;
}

/**
 * Refuses options of clips for contents that do not move.
 *
 * @throws {UsageError}
 */
export function refuseClipOptions(options: MovingContentOptions): void {
  const { statistics, sample, steady, to, frames } = options;
  if (!statistics && !sample && steady === undefined && !to && !frames) return;
  const files = ANIMATION_FORMATS.map((name) => `FILE.${suffixOf(name)}`).join(" or ");
  throw new UsageError(
    "--statistics, --sample, --steady, --to and --frames are for clips:" +
      ` Y4M, or a ${listFormats(ANIMATION_FORMATS)} to -o ${files}`,
  );
}
