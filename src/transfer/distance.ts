import { matrixRoots, multiply } from "../linear_algebra.ts";
import { assertSameModel, type ScaleStatistics, type StyleStatistics } from "./style.ts";

/**
 * How far apart two styles are, in the unit of features: the Fréchet distance (2-Wasserstein,
 * Bures) of the Gaussians with their means and covariances,
 * √(‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½)) (Dowson and Landau, 1982), as the root of the
 * mean square over the scales.
 *
 * @example
 * ```ts
 * import { readPack, styleDistance } from "../mod.ts";
 *
 * async function nearest(pack: Uint8Array): Promise<number> {
 *   return styleDistance(await readPack(pack, "mosaic"), await readPack(pack, "strokes"));
 * }
 * ```
 *
 * @throws {ModelMismatchError} if the styles are of different models
 */
export function styleDistance(a: StyleStatistics, b: StyleStatistics): number {
  assertSameModel(b.model, a.model);
  const squares = a.scales.map((scale, index) => squaredDistance(scale, b.scales[index]!));
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

function squaredDistance(a: ScaleStatistics, b: ScaleStatistics): number {
  const n = a.mean.length;
  const root = matrixRoots(a.covariance, n).root;
  const between = multiply(multiply(root, b.covariance, n), root, n);
  const cross = trace(matrixRoots(between, n).root, n);
  const means = a.mean.reduce((sum, value, index) => sum + (value - b.mean[index]!) ** 2, 0);
  const spread = trace(a.covariance, n) + trace(b.covariance, n) - 2 * cross;
  return means + Math.max(0, spread);
}

function trace(matrix: ArrayLike<number>, n: number): number {
  let sum = 0;
  for (let index = 0; index < n; index++) sum += matrix[index * (n + 1)]!;
  return sum;
}
