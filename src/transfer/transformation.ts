/**
 * The transformation matrix T and the affine map of features that it stands for.
 *
 * T is made in two places: here, for pictures in tiles, regions and clips, and inside the graph
 * `stylize` of a model (`StylizeGraph` in `models/training/export.py`), for pictures that fit the
 * backend. `tests/tiling/paint_test.ts` holds their results equal.
 *
 * @module
 */

import { apply, multiply } from "../linear_algebra.ts";
import type { ScaleStatistics } from "./style.ts";

/** `matrix · F + seedMatrix · z + offset` for every feature pixel F and its seed z. */
export interface AffineMap {
  /** C × C, row by row. */
  matrix: Float64Array;
  /** C × K, row by row. */
  seedMatrix: Float64Array;
  /** C. */
  offset: Float64Array;
}

/**
 * The side of the content in the transfer. Contents that share statistics, as the frames of a clip
 * do, share one of these, which remembers the map that it gave last.
 */
export class PreparedContent {
  #last?: { style: ScaleStatistics; key: string; map: AffineMap };

  /** Prepares a content from its statistics. */
  constructor(
    /** μ_c: mean of the content's features, C values. */
    readonly mean: Float64Array,
    /** C of each level, L × C × C values, row by row. */
    readonly matrices: Float32Array,
  ) {}

  /**
   * The map of the content's features to a style.
   *
   * @param levelWeights a weight for each level; they sum to 1
   * @param alpha see {@linkcode affineMap}
   */
  mapTo(style: ScaleStatistics, levelWeights: readonly number[], alpha: number): AffineMap {
    const key = [alpha, ...levelWeights].join();
    if (this.#last?.style === style && this.#last.key === key) return this.#last.map;
    const { mean, matrices } = this;
    const matrix = transformationMatrix(style.matrices, matrices, levelWeights, mean.length);
    const seedMatrix = seedTransformation(style.seedMatrices, levelWeights);
    const map = affineMap(matrix, seedMatrix, mean, style.mean, alpha);
    this.#last = { style, key, map };
    return map;
  }
}

/**
 * T = Σ w S C over levels (Li et al., "Learning Linear Transformations for Fast Image and Video
 * Style Transfer", CVPR 2019; there with one matrix for all levels).
 *
 * @param styleMatrices S of each level, L × n × n
 * @param contentMatrices C of each level, L × n × n
 * @param levelWeights L values that sum to 1
 */
export function transformationMatrix(
  styleMatrices: ArrayLike<number>,
  contentMatrices: ArrayLike<number>,
  levelWeights: readonly number[],
  n: number,
): Float64Array {
  const total = new Float64Array(n * n);
  const s = Float64Array.from(styleMatrices);
  const c = Float64Array.from(contentMatrices);
  levelWeights.forEach((weight, level) => {
    if (weight === 0) return;
    const [from, to] = [level * n * n, (level + 1) * n * n];
    const product = multiply(s.subarray(from, to), c.subarray(from, to), n);
    for (let index = 0; index < total.length; index++) {
      total[index]! += weight * product[index]!;
    }
  });
  return total;
}

/**
 * Σ w B over levels.
 *
 * @param seedMatrices B of each level, L × C × K
 * @param levelWeights L values that sum to 1
 */
export function seedTransformation(
  seedMatrices: ArrayLike<number>,
  levelWeights: readonly number[],
): Float64Array {
  const size = seedMatrices.length / levelWeights.length;
  return new Float64Array(size).map((_, index) =>
    levelWeights.reduce((sum, weight, level) => {
      return weight === 0 ? sum : sum + weight * seedMatrices[level * size + index]!;
    }, 0)
  );
}

/**
 * The map α (T (F − μ_c) + B z + μ_s) + (1 − α) F as matrices and an offset.
 *
 * @param alpha strength: 0 leaves the features as they are, 1 is the full transfer
 */
export function affineMap(
  transformation: ArrayLike<number>,
  seedMatrix: ArrayLike<number>,
  contentMean: ArrayLike<number>,
  styleMean: ArrayLike<number>,
  alpha: number,
): AffineMap {
  const n = contentMean.length;
  const matrix = Float64Array.from(transformation, (value) => alpha * value);
  for (let index = 0; index < n; index++) matrix[index * (n + 1)]! += 1 - alpha;
  const moved = apply(transformation, contentMean, n);
  return {
    matrix,
    seedMatrix: Float64Array.from(seedMatrix, (value) => alpha * value),
    offset: moved.map((value, index) => alpha * (styleMean[index]! - value)),
  };
}
