/**
 * Content statistics that the frames of a clip are matched by.
 *
 * With each frame's own statistics the transformation changes with whatever enters or leaves the
 * frame, and what stands still flickers. Statistics are sums over features, which add up over
 * frames, so that frames can share one transformation.
 *
 * @module
 */

import type { Pixels, Samples } from "../image/pixels.ts";
import type { PaintOptions, Region, Stylizer } from "../stylizer.ts";
import type { ContentMatching } from "../tiling/paint.ts";
import type { FeatureMoments } from "../transfer/statistics.ts";

/** Content statistics: of the whole clip, of the frames up to now, or of each frame alone. */
export const CLIP_STATISTICS = ["clip", "running", "frame"] as const;

/** One of {@linkcode CLIP_STATISTICS}. */
export type ClipStatistics = typeof CLIP_STATISTICS[number];

/**
 * Matches all frames by the statistics of a sample: they share one transformation.
 *
 * @throws as {@linkcode Stylizer.measure}
 */
export async function matchSample(
  stylizer: Stylizer,
  sample: AsyncIterable<Pixels<Samples>> | Iterable<Pixels<Samples>>,
  regions: readonly Region[],
  options: Omit<PaintOptions, "onProgress"> & { onFrame?: (count: number) => void } = {},
): Promise<ContentMatching> {
  const { onFrame, ...settings } = options;
  let total: FeatureMoments[][] | undefined;
  let count = 0;
  for await (const frame of sample) {
    const moments = await stylizer.measure(frame, regions, settings);
    if (total) total.forEach((scale, index) => addAll(scale, moments[index]!));
    else total = moments;
    onFrame?.(++count);
  }
  return { prepared: await stylizer.prepare(total ?? []) };
}

/** Matches each frame by the statistics of the frames up to it, which fade exponentially. */
export class RunningStatistics {
  #decay: number;
  /** By scale. */
  #totals: (readonly FeatureMoments[])[] = [];

  /** @param halfLife frames after which a frame counts half */
  constructor(halfLife: number) {
    this.#decay = 0.5 ** (1 / halfLife);
  }

  /** See {@linkcode ContentMatching}. */
  combine(own: readonly FeatureMoments[], scale: number): readonly FeatureMoments[] {
    const total = this.#totals[scale];
    if (!total) return this.#totals[scale] = own;
    for (const region of total) region.scale(this.#decay);
    addAll(total, own);
    return total;
  }

  /** Discards the frames before: another scene begins. */
  restart(): void {
    this.#totals = [];
  }
}

function addAll(total: readonly FeatureMoments[], more: readonly FeatureMoments[]): void {
  for (const [region, moments] of more.entries()) total[region]!.add(moments);
}
