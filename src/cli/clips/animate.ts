import type { Pixels, Region, Stylizer } from "../../mod.ts";
import { Y4M_MAGIC } from "../../video/y4m.ts";
import type { ClipSettings } from "./options.ts";
import { UsageError } from "../errors.ts";
import { naming, peek } from "../input.ts";
import { Progress } from "../progress.ts";
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

/** Restyles a content, if it is one that moves: a Y4M stream, or what becomes a GIF. */
export async function animate(
  contents: readonly string[],
  loadRegions: Animation["loadRegions"],
  given: AnimateOptions,
): Promise<boolean> {
  const [content, ...more] = contents as [string, ...string[]];
  const start = more.length === 0 ? await peek(content, Y4M_MAGIC.length) : new Uint8Array();
  const isStream = new TextDecoder("latin1").decode(start) === Y4M_MAGIC;
  const isGif = more.length === 0 && /\.gif$/i.test(given.output ?? "");
  if (!isStream && !isGif) {
    const { statistics, sample, steady, to, frames } = given;
    if (statistics || sample || steady !== undefined || to || frames) {
      throw new UsageError(
        "--statistics, --sample, --steady, --to and --frames are for clips:" +
          " Y4M, or a GIF to -o FILE.gif",
      );
    }
    return false;
  }
  if (given.depth === 16) throw new UsageError("--depth 16 is for pictures, not for clips");
  const progress = new Progress(Deno.stderr.isTerminal() && !given.quiet);
  const { restyle } = isStream ? await import("./stream.ts") : await import("./gif.ts");
  try {
    await naming(content, restyle({ content, loadRegions }, given, progress));
  } finally {
    progress.clear();
  }
  return true;
}
