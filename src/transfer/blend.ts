/**
 * Mixtures of styles. The transfer is linear in a style's matrices and mean, so that to mix those
 * is to mix the transferred features.
 *
 * @module
 */

import type { StyleStatistics } from "./style.ts";
import { normalizeWeights, weightedSum } from "./weights.ts";

/** A style and how much of it. */
export interface WeightedStyle {
  style: StyleStatistics;
  /** 0 or more; the ratios of weights count. */
  weight: number;
}

/** A style, how much of it, and at which level. */
export interface LevelStyle extends WeightedStyle {
  /** 1 (grain) to L (shape). */
  level: number;
}

/**
 * One style of several.
 *
 * @throws {RangeError} if a weight is negative or not finite, or all are 0
 * @throws {TypeError} if the styles are of different models
 */
export function mixStyles(parts: readonly WeightedStyle[]): StyleStatistics {
  if (parts.length === 0) throw new RangeError("At least one style is needed");
  const { model } = parts[0]!.style;
  if (parts.some(({ style }) => style.model.checksum !== model.checksum)) {
    throw new TypeError("The styles are of different models: encode them again with one");
  }
  const weights = normalizeWeights(parts.map(({ weight }) => weight));
  const sum = (key: "mean" | "covariance" | "matrices") =>
    weightedSum(parts.map(({ style }, index) => ({ weight: weights[index]!, values: style[key] })));
  return { model, mean: sum("mean"), covariance: sum("covariance"), matrices: sum("matrices") };
}

/**
 * One style that takes each level from styles of its own: used with the model's level weights d it
 * gives T = Σ w_ℓ S_ℓ(style of ℓ) C_ℓ, and its mean is that of the styles by the same weights w.
 *
 * The weight of a level is the sum of the weights given at it; several styles at a level share it.
 *
 * @param levelWeights d, as in {@linkcode Stylizer.defaultLevels}; none may be 0
 * @throws {RangeError} if a level is not in 1..L, or weights are as {@linkcode mixStyles} refuses
 * @throws {TypeError} if the styles are of different models
 */
export function blendLevels(
  parts: readonly LevelStyle[],
  levelWeights: readonly number[],
): StyleStatistics {
  for (const { level } of parts) {
    if (!(Number.isInteger(level) && level >= 1 && level <= levelWeights.length)) {
      throw new RangeError(
        `A level must be a whole number from 1 to ${levelWeights.length}: ${level}`,
      );
    }
  }
  const mixture = mixStyles(parts);
  const weights = normalizeWeights(parts.map(({ weight }) => weight));
  const size = mixture.covariance.length;
  levelWeights.forEach((levelWeight, index) => {
    const [from, to] = [index * size, (index + 1) * size];
    const terms = parts.map(({ style, level }, part) => ({
      weight: level === index + 1 ? weights[part]! / levelWeight : 0,
      values: style.matrices.subarray(from, to),
    }));
    mixture.matrices.set(weightedSum(terms), from);
  });
  return mixture;
}
