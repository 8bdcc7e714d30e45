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
import { Y4M_MAGIC } from "../../video/mod.ts";
import type { ClipSettings } from "../options/clip_options.ts";
import { UsageError } from "../errors.ts";
import { naming, peek } from "../io/input.ts";
import { Progress } from "../io/progress.ts";
import type { RestyleOptions } from "../restyle.ts";

/** Options of `stylize` where the content moves. */
export interface AnimateOptions extends RestyleOptions, ClipSettings {
  /** Frames of a stream, which does not say how many it has. */
  frames?: number;
}

/** A content that may move. */
export interface Animation {
  /** Path of the content. */
  content: string;
  /** Reads the styles, and where they go; `first` is the content's first frame. */
  loadRegions: (stylizer: Stylizer, first: Pixels) => Promise<Region[]>;
}

/** Restyles a content, if it is one that moves: a Y4M stream, or what becomes an animation. */
export async function animate(
  contents: readonly string[],
  loadRegions: Animation["loadRegions"],
  given: AnimateOptions,
): Promise<boolean> {
  const [content, ...more] = contents as [string, ...string[]];
  const start = more.length === 0 ? await peek(content, SIGNATURE_BYTES) : new Uint8Array();
  const isStream = ascii(start, 0, Y4M_MAGIC.length) === Y4M_MAGIC;
  const { output = "" } = given;
  const isAnimation = more.length === 0 &&
    animationFormatOfName(output) !== undefined &&
    (formatOfName(output) === undefined || isAnimated(start));
  if (!isStream && !isAnimation) {
    const { statistics, sample, steady, to, frames } = given;
    if (statistics || sample || steady !== undefined || to || frames) {
      throw new UsageError(
        "--statistics, --sample, --steady, --to and --frames are for clips:" +
          ` Y4M, or a ${listFormats(ANIMATION_FORMATS)} to -o ${
            ANIMATION_FORMATS.map((name) => `FILE.${suffixOf(name)}`).join(" or ")
          }`,
      );
    }
    return false;
  }
  if (given.depth === 16) throw new UsageError("--depth 16 is for pictures, not for clips");
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  const { restyle } = isStream ? await import("./y4m_stream.ts") : await import("./animation.ts");
  try {
    await naming(content, restyle({ content, loadRegions }, given, progress));
  } finally {
    progress.clear();
  }
  return true;
}

/** Bytes as text, one character a byte. */
function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
