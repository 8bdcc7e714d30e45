/**
 * Mixtures of styles. The transfer is linear in a style's matrices and mean, so mixing those is
 * mixing the transferred features.
 *
 * @module
 */

import { mixColorStatistics } from "../image/color_statistics.ts";
import { rangeError } from "../util/arguments.ts";
import { assertSameModel, type ScaleStatistics, type StyleStatistics } from "./style.ts";
import { normalizeWeights, weightedSum } from "./weights.ts";

/** A style and its share of a mixture. */
export interface WeightedStyle {
  /** The style. */
  style: StyleStatistics;
  /** 0 or more; only the ratios of weights count. */
  weight: number;
}

/** A style, its share, and the level that takes it. */
export interface LevelStyle extends WeightedStyle {
  /** 1 (grain) to L (shape). */
  level: number;
}

/**
 * One style of several.
 *
 * @example Two thirds of one style, one third of another
 * ```ts
 * import { mixStyles, type StyleStatistics } from "../mod.ts";
 *
 * function mix(mosaic: StyleStatistics, strokes: StyleStatistics): StyleStatistics {
 *   return mixStyles([{ style: mosaic, weight: 2 }, { style: strokes, weight: 1 }]);
 * }
 * ```
 *
 * @throws {RangeError} if there is no style, a weight is negative or not finite, or all are 0
 * @throws {ModelMismatchError} if the styles are of different models
 */
export function mixStyles(parts: readonly WeightedStyle[]): StyleStatistics {
  if (parts.length === 0) throw rangeError("parts.length", "1 or more", 0);
  const { model } = parts[0]!.style;
  for (const { style } of parts) assertSameModel(style.model, model);
  const weights = normalizeWeights(parts.map(({ weight }) => weight));
  const sum = (scale: number, key: keyof ScaleStatistics) =>
    weightedSum(parts.map(({ style }, index) => ({
      weight: weights[index]!,
      values: style.scales[scale]![key],
    })));
  const scales = parts[0]!.style.scales.map((_, scale) => ({
    mean: sum(scale, "mean"),
    covariance: sum(scale, "covariance"),
    matrices: sum(scale, "matrices"),
    seedMatrices: sum(scale, "seedMatrices"),
  }));
  const colors = mixColorStatistics(parts.map(({ style }) => style.colors), weights);
  return { model, scales, ...(colors ? { colors } : {}) };
}

/**
 * One style that takes each level from styles of its own: used with the model's level weights d it
 * gives T = Σ w_ℓ S_ℓ(style of ℓ) C_ℓ, likewise for the seed, and its mean is that of the styles by
 * the same weights w.
 *
 * The weight of a level is the sum of the weights given at it; several styles at a level share it.
 *
 * @example Fine grain of one style, the other levels of another
 * ```ts
 * import { blendLevels, type Stylizer, type StyleStatistics } from "../mod.ts";
 *
 * function blend(stylizer: Stylizer, fine: StyleStatistics, coarse: StyleStatistics) {
 *   const parts = stylizer.defaultLevels.map((weight, index) => (
 *     { level: index + 1, style: index === 0 ? fine : coarse, weight }
 *   ));
 *   return blendLevels(parts, stylizer.defaultLevels);
 * }
 * ```
 *
 * @param levelWeights d, as in {@linkcode Stylizer.defaultLevels}; none may be 0
 * @throws {RangeError} if a level is not in 1..L, or weights are as {@linkcode mixStyles} refuses
 * @throws {ModelMismatchError} if the styles are of different models
 */
export function blendLevels(
  parts: readonly LevelStyle[],
  levelWeights: readonly number[],
): StyleStatistics {
  for (const weight of levelWeights) {
    if (!(weight > 0)) throw rangeError("levelWeights", "numbers above 0", weight);
  }
  for (const { level } of parts) {
    if (!(Number.isInteger(level) && level >= 1 && level <= levelWeights.length)) {
      throw rangeError("level", `a whole number from 1 to ${levelWeights.length}`, level);
    }
  }
  const mixture = mixStyles(parts);
  const weights = normalizeWeights(parts.map(({ weight }) => weight));
  for (const [scale, mixed] of mixture.scales.entries()) {
    for (const key of ["matrices", "seedMatrices"] as const) {
      const size = mixed[key].length / levelWeights.length;
      levelWeights.forEach((levelWeight, index) => {
        const [from, to] = [index * size, (index + 1) * size];
        const terms = parts.map(({ style, level }, part) => ({
          weight: level === index + 1 ? weights[part]! / levelWeight : 0,
          values: style.scales[scale]![key].subarray(from, to),
        }));
        mixed[key].set(weightedSum(terms), from);
      });
    }
  }
  return mixture;
}
