/**
 * Weights of the levels, one for each of the loss network's layers that the model was trained for.
 *
 * @module
 */

/**
 * Weights that sum to 1, from any that are not all 0.
 *
 * @throws {RangeError} if a weight is negative or not finite, or all are 0.
 */
export function normalizeWeights(weights: readonly number[]): number[] {
  for (const weight of weights) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new RangeError(`Weights must be 0 or more: ${weight}`);
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) throw new RangeError("Weights must not all be 0");
  return weights.map((weight) => weight / total);
}
