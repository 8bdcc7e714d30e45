/**
 * The transformation matrix T and the affine map of features that it stands for.
 *
 * @module
 */

import { apply, multiply } from "../linear_algebra.ts";
import type { StyleStatistics } from "./style.ts";

/** `matrix · F + offset` for every feature pixel F; matrices row by row. */
export interface AffineMap {
  /** C × C. */
  matrix: Float64Array;
  /** C. */
  offset: Float64Array;
}

/** What is to be known of a content to match it with a style. */
export interface ContentStatistics {
  /** μ_c: mean of the content's features, C values. */
  mean: Float64Array;
  /** C of each level, L × C × C values, row by row. */
  matrices: Float32Array;
}

/** What a content's map was made of, and the map. */
interface Mapped {
  style: StyleStatistics;
  how: string;
  map: AffineMap;
}

/** The last map of each content: the frames of a clip, matched by the same statistics, share it. */
const lastMaps = new WeakMap<ContentStatistics, Mapped>();

/**
 * The map of a content's features to a style.
 *
 * @param levelWeights a weight for each level; they sum to 1
 * @param alpha see {@linkcode affineMap}
 */
export function mapToStyle(
  content: ContentStatistics,
  style: StyleStatistics,
  levelWeights: readonly number[],
  alpha: number,
): AffineMap {
  const how = [alpha, ...levelWeights].join();
  const last = lastMaps.get(content);
  if (last?.style === style && last.how === how) return last.map;
  const { mean } = content;
  const matrix = transformationMatrix(style.matrices, content.matrices, levelWeights, mean.length);
  const map = affineMap(matrix, mean, style.mean, alpha);
  lastMaps.set(content, { style, how, map });
  return map;
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
 * The map α (T (F − μ_c) + μ_s) + (1 − α) F as one matrix and one offset.
 *
 * @param alpha strength: 0 leaves the features as they are, 1 is the full transfer
 */
export function affineMap(
  transformation: ArrayLike<number>,
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
    offset: moved.map((value, index) => alpha * (styleMean[index]! - value)),
  };
}
