import type { Pixels } from "../image/pixels.ts";
import type { Region, StylizeOptions, Stylizer } from "../stylizer.ts";
import { mixStyles } from "../transfer/blend.ts";
import type { StyleStatistics } from "../transfer/style.ts";
import { type ClipStatistics, matchRunning, matchSample } from "./matching.ts";

/** Frames, one after another. */
export type Frames = AsyncIterable<Pixels> | Iterable<Pixels>;

/** Settings of {@linkcode stylizeClip}. */
export interface ClipOptions extends Omit<StylizeOptions, "mask" | "matching" | "onProgress"> {
  /**
   * Whose statistics frames are matched by. `"clip"`: those of the sample, so that what stands still
   * stays still; `"running"`: of the frames up to now, fading; `"frame"`: each its own.
   * Default: `"clip"`.
   */
  statistics?: ClipStatistics;
  /** Of `"running"`: frames after which a frame counts half. Default: 25. */
  halfLife?: number;
  /** Told after each frame of the sample, how many those were. */
  onSample?: (count: number) => void;
}

/** How a clip looks: the same all the time, or by the index of a frame, from 0. */
export type Look = readonly Region[] | ((index: number) => readonly Region[]);

/**
 * Restyles the frames of a clip, each as it is asked for.
 *
 * @param frames the clip
 * @param sample frames whose statistics `"clip"` takes: all of them, or some that stand for them
 * @throws as {@linkcode Stylizer.stylize}
 */
export async function* stylizeClip(
  stylizer: Stylizer,
  frames: Frames,
  sample: Frames,
  look: Look,
  options: ClipOptions = {},
): AsyncGenerator<Pixels, void, void> {
  const { statistics = "clip", halfLife = 25, onSample, ...settings } = options;
  const at = typeof look === "function" ? look : () => look;
  if (statistics === "clip") {
    const matching = await matchSample(stylizer, sample, at(0), {
      ...(settings.tile === undefined ? {} : { tile: settings.tile }),
      ...(settings.signal ? { signal: settings.signal } : {}),
      ...(onSample ? { onFrame: onSample } : {}),
    });
    Object.assign(settings, { matching });
  } else if (statistics === "running") {
    Object.assign(settings, { matching: matchRunning(stylizer, halfLife) });
  }
  let index = 0;
  for await (const frame of frames) {
    const regions = at(index++);
    const [first] = regions;
    yield regions.length === 1 && !first!.mask
      ? await stylizer.stylize(frame, first!.style, settings)
      : await stylizer.stylizeRegions(frame, regions, settings);
  }
}

/**
 * A style that becomes another over a clip: their statistics mixed in proportion to the time.
 *
 * @param count frames of the clip
 * @returns the style of a frame, by its index
 */
export function fadeStyle(
  from: StyleStatistics,
  to: StyleStatistics,
  count: number,
): (index: number) => StyleStatistics {
  return (index) => {
    const share = count > 1 ? Math.min(1, index / (count - 1)) : 0;
    return mixStyles([{ style: from, weight: 1 - share }, { style: to, weight: share }]);
  };
}
