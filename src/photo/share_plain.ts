/**
 * What is plain stays plain: cells that show the same plain color share one map.
 *
 * The networks color a plain ground unevenly, with a glow around whatever stands on it, and a map by
 * place would keep that. Where two places look alike, place is no reason to treat them differently;
 * where they do not, or where there is much to see, each keeps its own map.
 *
 * @module
 */

/** Difference of colors, 0 to 1, that is about as much as is still the same color. */
const SAME_COLOR = 0.05;

/** Variance of colors, in 0..1, from which on a cell is less and less plain. */
const PLAIN_VARIANCE = 0.002;

/** The least that a cell takes of another. */
const LEAST = 1e-4;

/** Cells of a bilateral grid: what they sum up, and the colors in them. */
export interface SummedCells {
  /** `cells × depth` sums, cells in the order places × bins. */
  sums: Float64Array;
  /** Ranges of brightness. */
  bins: number;
  /** Mean color of each cell, 3 values a cell. */
  means: Float32Array;
  /** Mean variance of red, green and blue of each cell. */
  variances: Float32Array;
}

/**
 * Adds to the sums of each cell those of all that show about the same color in the same range of
 * brightness, the more the plainer both are.
 */
export function sharePlain({ sums, bins, means, variances }: SummedCells): Float64Array {
  const cells = variances.length;
  const depth = sums.length / cells;
  const plain = variances.map((variance) => Math.exp(-variance / PLAIN_VARIANCE));
  const shared = sums.slice();
  for (let cell = 0; cell < cells; cell++) {
    for (let other = cell % bins; other < cells; other += bins) {
      if (other === cell) continue;
      const apart = distanceSquared(means, cell, other) / (2 * SAME_COLOR ** 2);
      const share = plain[cell]! * plain[other]! * Math.exp(-apart);
      if (share < LEAST) continue;
      for (let index = 0; index < depth; index++) {
        shared[cell * depth + index]! += share * sums[other * depth + index]!;
      }
    }
  }
  return shared;
}

function distanceSquared(colors: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    sum += (colors[3 * a + channel]! - colors[3 * b + channel]!) ** 2;
  }
  return sum;
}
