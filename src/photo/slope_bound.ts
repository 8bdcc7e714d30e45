import { eigen, multiply } from "../linear_algebra.ts";
import { colorThrough, mapColor } from "./affine_color.ts";
import type { FittedGrid } from "./grid_sums.ts";
import { brightnessAt } from "./luma.ts";

/** The most that a plain area's contrast, which is its noise, may be raised by. */
const PLAIN = 1;

/** The most where there is much to see. */
const RICH = 3;

/** Variance of colors, in 0..1, from which a cell is fully rich. */
const RICH_VARIANCE = 0.01;

/** Variance that a camera's noise may have. */
const NOISE_VARIANCE = (4 / 255) ** 2;

/** Brightness below which less is allowed, down to {@linkcode PLAIN} at black: noise is there. */
const DARK = 0.25;

/**
 * Bounds how much each map of a grid raises contrast: less where the picture is plain or dark, so
 * that noise stays as faint as it was. The mean color of a cell is mapped as before.
 */
export function boundSlopes({ grid, means, variances }: FittedGrid): FittedGrid["grid"] {
  return grid.replaceMaps((map, cell) => {
    const mean = means.subarray(3 * cell, 3 * cell + 3);
    const most = mostSlope(mean, variances[cell]!);
    const matrix = Float64Array.from({ length: 9 }, (_, at) => map[at + Math.floor(at / 3)]!);
    const slope = spectralNorm(matrix);
    if (slope <= most) return map;
    const scaled = matrix.map((value) => value * most / slope);
    return colorThrough(scaled, mean, mapColor(map, mean));
  });
}

function mostSlope(mean: Float32Array, variance: number): number {
  const brightness = brightnessAt(mean);
  const rich = (variance - NOISE_VARIANCE) / (RICH_VARIANCE - NOISE_VARIANCE);
  const share = Math.min(1, Math.max(0, rich)) * Math.min(1, Math.max(0, brightness / DARK));
  return PLAIN + (RICH - PLAIN) * share;
}

/** The most that a 3 × 3 matrix lengthens a vector. */
function spectralNorm(matrix: Float64Array): number {
  const transposed = matrix.map((_, index) => matrix[3 * (index % 3) + Math.floor(index / 3)]!);
  return Math.sqrt(Math.max(...eigen(multiply(transposed, matrix, 3), 3).values));
}
