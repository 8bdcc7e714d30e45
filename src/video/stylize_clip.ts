import type { Pixels } from "../image/pixels.ts";
import type { Region, StylizeOptions, Stylizer } from "../stylizer.ts";
import { mixStyles } from "../transfer/blend.ts";
import type { StyleStatistics } from "../transfer/style.ts";
import { type ClipStatistics, matchSample, RunningStatistics } from "./content_statistics.ts";
import { Steadier, type Steadying } from "./stabilizer/stabilizer.ts";

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
  /** Of `"running"`: frames of a scene after which a frame counts half. Default: 25. */
  halfLife?: number;
  /**
   * How much of a frame is taken from the one before it, 0..1, where they show the same, moved as
   * the content has: strokes then stay on what they are painted on. Default: {@linkcode STEADY}.
   */
  steady?: number;
  /** What steadies frames, where it is not to be done on this thread. */
  steadying?: Steadying;
  /** Told after each frame of the sample, how many those were. */
  onSample?: (count: number) => void;
}

/** The share of a frame that is taken from the one before it where no other is named. */
export const STEADY = 0.95;

/** How a clip looks: the same all the time, or another in each frame, by its index from 0. */
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
  const { statistics = "clip", halfLife = 25, onSample, ...others } = options;
  const { steady = STEADY, steadying = new Steadier(steady), ...settings } = others;
  const at = typeof look === "function" ? look : () => look;
  const running = statistics === "running" ? new RunningStatistics(stylizer, halfLife) : undefined;
  if (statistics === "clip") {
    const matching = await matchSample(stylizer, sample, at(0), {
      ...(settings.tile === undefined ? {} : { tile: settings.tile }),
      ...(settings.signal ? { signal: settings.signal } : {}),
      ...(onSample ? { onFrame: onSample } : {}),
    });
    Object.assign(settings, { matching });
  } else if (running) Object.assign(settings, { matching: running.matching });

  /** The frame before, which is steadied while the networks are at the next. */
  let last: Promise<Pixels> | undefined;
  let index = 0;
  for await (const frame of frames) {
    const looking = inTime(steady > 0 || running ? steadying.look(frame) : false);
    if (running && await looking) running.restart();
    const stylized = await restyle(stylizer, frame, at(index++), settings);
    await looking;
    const changing = typeof look === "function";
    const next = inTime(steady > 0 ? steadying.steady(stylized, changing) : stylized);
    if (last) yield await last;
    last = next;
  }
  if (last) yield await last;
}

function restyle(
  stylizer: Stylizer,
  frame: Pixels,
  regions: readonly Region[],
  settings: StylizeOptions,
): Promise<Pixels> {
  const [first] = regions;
  return regions.length === 1 && !first!.mask
    ? stylizer.stylize(frame, first!.style, settings)
    : stylizer.stylizeRegions(frame, regions, settings);
}

/** A promise whose failure is that of who waits for it later. */
function inTime<T>(value: T | Promise<T>): Promise<T> {
  const promise = Promise.resolve(value);
  promise.catch(() => {});
  return promise;
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
