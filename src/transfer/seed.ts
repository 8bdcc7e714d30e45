/**
 * The seed: fixed noise that plain ground can grow strokes from.
 *
 * A deterministic network can only grow texture out of what it is given, and on plain ground that
 * is the noise of the camera. The seed gives it noise at several scales instead (as Ulyanov et al.,
 * "Texture Networks", ICML 2016, do), which the style's matrices add to the features.
 *
 * The values are a function of the absolute position alone, so that tiles, frames and runs agree,
 * and they are those of `models/training/seed.py`, bit by bit: `tests/transfer/seed_test.ts` holds
 * values of both.
 *
 * @module
 */

import type { Area } from "../image/pixels.ts";

/**
 * Grids of noise: the cells of each are 2 to this power feature pixels wide. What would grow from
 * finer ones is not strokes: knitted grounds, and blocks as wide as the cells.
 */
const SCALES = [2, 3];

const CHANNELS_PER_SCALE = 4;

/** K: values of the seed for each feature pixel. */
export const SEED_CHANNELS: number = SCALES.length * CHANNELS_PER_SCALE;

/**
 * Factors that give the values of each grid a variance of 1: uniform noise has 1/12, and bilinear
 * enlarging takes some.
 */
const GAINS = [32 / 21, 128 / 85].map((gain) => Math.sqrt(12) * gain);

/**
 * The seed of an area: K × rows × columns values of mean 0 and variance 1.
 *
 * @param area in feature pixels, from the upper left corner of the picture
 */
export function seed({ left, top, width, height }: Area): Float32Array {
  const values = new Float32Array(SEED_CHANNELS * width * height);
  let to = 0;
  for (const [index, scale] of SCALES.entries()) {
    const [columns, rows] = [neighbors(left, width, scale), neighbors(top, height, scale)];
    const line = new Float64Array(columns.count);
    const gain = GAINS[index]!;
    for (let own = 0; own < CHANNELS_PER_SCALE; own++) {
      const grid = hashGrid(columns, rows, CHANNELS_PER_SCALE * scale + own);
      for (let row = 0; row < height; row++) {
        const above = rows.before[row]! * columns.count;
        const below = above + columns.count;
        const down = rows.share[row]!;
        for (let column = 0; column < columns.count; column++) {
          line[column] = grid[above + column]! * (1 - down) + grid[below + column]! * down;
        }
        for (let column = 0; column < width; column++, to++) {
          const at = columns.before[column]!;
          const right = columns.share[column]!;
          // Exact in any order up to here: values and shares are multiples of powers of two.
          values[to] = (line[at]! * (1 - right) + line[at + 1]! * right) * gain;
        }
      }
    }
  }
  return values;
}

/** Where feature pixels lie on a grid, along one axis. */
interface Neighbors {
  /** First grid point that is needed. */
  first: number;
  /** Number of grid points that are needed. */
  count: number;
  /** For each feature pixel: the grid point before it, from `first`. */
  before: Int32Array;
  /** For each feature pixel: the share of the grid point after it. */
  share: Float64Array;
}

function neighbors(start: number, length: number, scale: number): Neighbors {
  const position = (index: number) => (start + index + 0.5) / 2 ** scale - 0.5;
  const first = Math.floor(position(0));
  const before = new Int32Array(length);
  const share = new Float64Array(length);
  for (let index = 0; index < length; index++) {
    const point = Math.floor(position(index));
    before[index] = point - first;
    share[index] = position(index) - point;
  }
  return { first, count: before[length - 1]! + 2, before, share };
}

/** Uniform noise in −0.5..0.5 at grid points, rows from the top. */
function hashGrid(columns: Neighbors, rows: Neighbors, channel: number): Float64Array {
  const grid = new Float64Array(columns.count * rows.count);
  const own = Math.imul(channel, 0xc2b2ae3d);
  for (let row = 0, to = 0; row < rows.count; row++) {
    const y = Math.imul(rows.first + row, 0x85ebca77) ^ own;
    for (let column = 0; column < columns.count; column++, to++) {
      grid[to] = finalize(Math.imul(columns.first + column, 0x9e3779b1) ^ y);
    }
  }
  return grid;
}

/** The end of MurmurHash3 (Appleby), scaled to −0.5..0.5. */
function finalize(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32 - 0.5;
}
