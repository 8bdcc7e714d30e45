import type { ColorStatistics } from "../image/color_statistics.ts";
import { eigen, matrixRoots, multiply, recompose } from "../linear_algebra.ts";
import { type AffineColor, colorThrough } from "./affine_color.ts";

/**
 * Variance that is added to both sides: that of noise, in 0..1. A picture without color would else
 * have its noise of chroma blown up to the style's color.
 */
const NOISE = (3 / 255) ** 2;

/**
 * The least that contrast is multiplied by, in any direction of color: a style that is all but flat
 * would else take what is drawn in the picture with it.
 */
const LEAST = 0.8;

/**
 * The affine map of least transport that gives colors another mean and covariance,
 * Σ₁^-½ (Σ₁^½ Σ₂ Σ₁^½)^½ Σ₁^-½ (Pitié and Kokaram, "The Linear Monge-Kantorovitch Linear Colour
 * Mapping for Example-Based Colour Transfer", 2007).
 *
 * @param most that contrast is multiplied by, in any direction of color
 */
export function mongeKantorovich(
  from: ColorStatistics,
  to: ColorStatistics,
  most: number = Number.POSITIVE_INFINITY,
): AffineColor {
  const { root, inverse } = matrixRoots(raise(from.covariance), 3);
  const between = multiply(multiply(root, raise(to.covariance), 3), root, 3);
  const middle = matrixRoots(between, 3).root;
  const matrix = multiply(multiply(inverse, middle, 3), inverse, 3);
  return colorThrough(limit(matrix, most), from.mean, to.mean);
}

/** A symmetric matrix whose eigenvalues are at least {@linkcode LEAST}, and at most as given. */
function limit(matrix: Float64Array, most: number): Float64Array {
  const { values, vectors } = eigen(matrix, 3);
  return recompose(vectors, values.map((value) => Math.min(most, Math.max(LEAST, value))), 3);
}

function raise(covariance: ArrayLike<number>): Float64Array {
  return Float64Array.from(covariance, (value, index) => value + (index % 4 === 0 ? NOISE : 0));
}
