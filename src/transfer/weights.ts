/**
 * Weights, of levels, styles and regions.
 *
 * @module
 */

import { rangeError } from "../util/arguments.ts";

/**
 * Weights that sum to 1, from any that are not all 0.
 *
 * @throws {RangeError} if a weight is negative or not finite, or all are 0.
 */
export function normalizeWeights(weights: readonly number[]): number[] {
  for (const weight of weights) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw rangeError("weight", "a number of 0 or more", weight);
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total))) {
    throw rangeError("weights", "of a finite sum above 0", total);
  }
  return weights.map((weight) => weight / total);
}

/** Σ w · values, with weights as they are. Terms of weight 0 are left out, whatever they hold. */
export function weightedSum(
  terms: readonly { weight: number; values: Float32Array }[],
): Float32Array {
  const [first, ...others] = terms.filter(({ weight }) => weight !== 0);
  if (!first) return new Float32Array(terms[0]!.values.length);
  return first.values.map((value, index) => {
    let sum = first.weight * value;
    for (const { weight, values } of others) sum += weight * values[index]!;
    return sum;
  });
}
