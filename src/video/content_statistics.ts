/**
 * Content statistics that the frames of a clip are matched by.
 *
 * With each frame's own statistics the transformation changes with whatever enters or leaves the
 * frame, and what stands still flickers. Statistics are sums over features, which add up over
 * frames, so that frames can share one transformation.
 *
 * @module
 */

import type { Pixels } from "../image/pixels.ts";
import type { Region, StylizeOptions, Stylizer } from "../stylizer.ts";
import type { Matching } from "../tiling/two_passes.ts";
import type { FeatureSums } from "../transfer/statistics.ts";
import type { ContentStatistics } from "../transfer/transformation.ts";

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
  sample: AsyncIterable<Pixels> | Iterable<Pixels>,
  regions: readonly Region[],
  options: Pick<StylizeOptions, "tile" | "signal"> & { onFrame?: (count: number) => void } = {},
): Promise<Matching> {
  const { onFrame, ...settings } = options;
  let total: FeatureSums[] | undefined;
  let count = 0;
  for await (const frame of sample) {
    const sums = await stylizer.measure(frame, regions, settings);
    if (total) addAll(total, sums);
    else total = sums;
    onFrame?.(++count);
  }
  const contents = await describeAll(stylizer, total ?? []);
  return () => Promise.resolve(contents);
}

/** Matches each frame by the statistics of the frames up to it, which fade exponentially. */
export class RunningStatistics {
  #decay: number;
  #total: FeatureSums[] | undefined;

  /** @param halfLife frames after which a frame counts half */
  constructor(private readonly stylizer: Stylizer, halfLife: number) {
    this.#decay = 0.5 ** (1 / halfLife);
  }

  /** See {@linkcode Matching}. */
  readonly matching: Matching = async (measure) => {
    const sums = await measure();
    if (this.#total) {
      for (const region of this.#total) region.scale(this.#decay);
      addAll(this.#total, sums);
    } else this.#total = sums;
    return await describeAll(this.stylizer, this.#total);
  };

  /** Discards the frames before: another scene begins. */
  restart(): void {
    this.#total = undefined;
  }
}

function addAll(total: readonly FeatureSums[], more: readonly FeatureSums[]): void {
  for (const [region, { count, sum, products }] of more.entries()) {
    total[region]!.add(count, sum, products);
  }
}

async function describeAll(stylizer: Stylizer, total: readonly FeatureSums[]) {
  const contents: (ContentStatistics | undefined)[] = [];
  for (const sums of total) contents.push(await stylizer.network.contentStatistics(sums));
  return contents;
}
