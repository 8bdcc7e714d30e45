import type { Planes } from "../image/planes.ts";
import { inverse3, multiply } from "../linear_algebra.ts";
import { type AffineColor, colorThrough, identityColor } from "./affine_color.ts";
import { BilateralGrid, type GridShape, placeAlong } from "./bilateral_grid.ts";
import { LUMA } from "./luma.ts";
import { sharePlain } from "./share_plain.ts";
import { smoothGrid } from "./smooth_grid.ts";

/** Sums of a cell: weight, source 3, target 3, source × source 6, target × source 9. */
const SUMS = 22;

/** Where the parts of a cell's sums begin. */
const [SOURCE, TARGET, SQUARES, CROSS] = [1, 4, 7, 13];

/**
 * Pull of a map's matrix toward the identity, as a variance of colors in 0..1. Large against the
 * variance within a cell: a cell mostly shifts its colors, and contrast changes between ranges of
 * brightness, which keeps edges and noise as they are.
 */
const RIDGE = 0.1;

/** Spread of a cell's sums over its neighbors, in cells: standard deviation of a Gaussian. */
const SMOOTHING = 1;

/** The same where cells are ranges of brightness only: so smooth that a lookup table can hold it. */
const GLOBAL_SMOOTHING = 1.5;

/** Share of the sums of the whole picture in each cell, which fills those that are empty. */
const PRIOR = 0.01;

/**
 * Normal equations of the affine color map of each cell of a {@linkcode BilateralGrid}, from pairs
 * of colors. They are sums: those of several pictures of one shape add up.
 */
export class GridSums {
  readonly #values: Float64Array;

  /** Makes sums over nothing. */
  constructor(readonly shape: GridShape) {
    this.#values = new Float64Array(shape.down * shape.across * shape.bins * SUMS);
  }

  /**
   * Adds the pixels of a picture and of what is to become of them.
   *
   * @param source colors, by whose brightness and place the maps are chosen
   * @param target what the maps are to make of them; of the same size
   * @param weights of the pixels, 0 or more
   * @param scale how much all of them count
   */
  add(source: Planes, target: Planes, weights?: Float32Array, scale = 1): void {
    const { across, down, bins } = this.shape;
    const { width, height } = source;
    const size = width * height;
    const [columns, rows] = [placeAlong(width, across), placeAlong(height, down)];
    const terms = new Float64Array(SUMS);
    for (let y = 0, pixel = 0; y < height; y++) {
      for (let x = 0; x < width; x++, pixel++) {
        const weight = scale * (weights ? weights[pixel]! : 1);
        if (weight === 0) continue;
        const { data } = source;
        const [r, g, b] = [data[pixel]!, data[pixel + size]!, data[pixel + 2 * size]!];
        const luma = LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;
        const level = Math.min(bins - 1, Math.max(0, luma * bins - 0.5));
        const bin = Math.min(bins - 2, Math.floor(level));
        fillTerms(terms, r, g, b, target.data, pixel, size, weight);
        for (let corner = 0; corner < 8; corner++) {
          const [dy, dx, dz] = [corner >> 2, corner >> 1 & 1, corner & 1];
          const share = between(rows.share[y]!, dy) * between(columns.share[x]!, dx) *
            between(level - bin, dz);
          if (share === 0) continue;
          const cell = ((rows.cell[y]! + dy) * across + columns.cell[x]! + dx) * bins + bin + dz;
          const at = cell * SUMS;
          for (let term = 0; term < SUMS; term++) this.#values[at + term]! += share * terms[term]!;
        }
      }
    }
  }

  /** Sum of the weights of all pixels. */
  get count(): number {
    let sum = 0;
    for (let at = 0; at < this.#values.length; at += SUMS) sum += this.#values[at]!;
    return sum;
  }

  /**
   * The grid of maps that fits best, and the statistics of the source in each of its cells.
   *
   * @param smoothing spread of a cell's sums over its neighbors, in cells
   */
  solve(smoothing: number = SMOOTHING): FittedGrid {
    const { down, across, bins } = this.shape;
    const sums = smoothGrid(this.#values, [down, across, bins], SUMS, smoothing);
    this.#addPrior(sums);
    const cells = down * across * bins;
    const [means, variances] = [new Float32Array(3 * cells), new Float32Array(cells)];
    for (let cell = 0; cell < cells; cell++) {
      const { mean, variance } = cellColors(sums.subarray(cell * SUMS, (cell + 1) * SUMS));
      means.set(mean, 3 * cell);
      variances[cell] = variance;
    }
    const shared = sharePlain({ sums, bins, means, variances });
    const grid = new BilateralGrid(this.shape).replaceMaps((_, cell) =>
      solveCell(shared.subarray(cell * SUMS, (cell + 1) * SUMS))
    );
    return { grid, means, variances };
  }

  /** The same for a grid without places: each range of brightness has one map everywhere. */
  solveGlobal(): FittedGrid {
    const { down, across, bins } = this.shape;
    const total = new GridSums({ down: 2, across: 2, bins });
    for (let cell = 0; cell < down * across; cell++) {
      for (let index = 0; index < bins * SUMS; index++) {
        const value = this.#values[cell * bins * SUMS + index]!;
        for (let copy = 0; copy < 4; copy++) total.#values[copy * bins * SUMS + index]! += value;
      }
    }
    return total.solve(GLOBAL_SMOOTHING);
  }

  #addPrior(sums: Float64Array): void {
    const total = new Float64Array(SUMS);
    for (let index = 0; index < sums.length; index++) total[index % SUMS]! += sums[index]!;
    const share = PRIOR * SUMS / sums.length;
    for (let index = 0; index < sums.length; index++) sums[index]! += share * total[index % SUMS]!;
  }
}

/** A grid of maps, and what it was fitted to. */
export interface FittedGrid {
  grid: BilateralGrid;
  /** Mean color of the source in each cell and its neighbors, 3 values a cell. */
  means: Float32Array;
  /** Mean variance of red, green and blue of the source in each cell and its neighbors. */
  variances: Float32Array;
}

function between(share: number, after: number): number {
  return after ? share : 1 - share;
}

function fillTerms(
  terms: Float64Array,
  r: number,
  g: number,
  b: number,
  target: Float32Array,
  pixel: number,
  size: number,
  weight: number,
): void {
  const [wr, wg, wb] = [weight * r, weight * g, weight * b];
  terms[0] = weight;
  terms[SOURCE] = wr;
  terms[SOURCE + 1] = wg;
  terms[SOURCE + 2] = wb;
  terms[SQUARES] = wr * r;
  terms[SQUARES + 1] = wr * g;
  terms[SQUARES + 2] = wr * b;
  terms[SQUARES + 3] = wg * g;
  terms[SQUARES + 4] = wg * b;
  terms[SQUARES + 5] = wb * b;
  for (let row = 0; row < 3; row++) {
    const value = target[row * size + pixel]!;
    terms[TARGET + row] = weight * value;
    terms[CROSS + 3 * row] = value * wr;
    terms[CROSS + 3 * row + 1] = value * wg;
    terms[CROSS + 3 * row + 2] = value * wb;
  }
}

/** Place of the product of two channels among the six squares. */
const SQUARE_AT = [0, 1, 2, 1, 3, 4, 2, 4, 5];

/** Mean color of the source in a cell, and the mean variance of its channels. */
function cellColors(sums: Float64Array): { mean: number[]; variance: number } {
  const count = sums[0]!;
  if (!(count > 0)) return { mean: [0, 0, 0], variance: 0 };
  const mean = [0, 1, 2].map((channel) => sums[SOURCE + channel]! / count);
  const squares = [0, 3, 5].map((index) => sums[SQUARES + index]! / count);
  const total = squares.reduce((sum, square, channel) => sum + square - mean[channel]! ** 2, 0);
  return { mean, variance: Math.max(0, total / 3) };
}

/** The map of least squares, with its matrix pulled toward the identity. */
function solveCell(sums: Float64Array): AffineColor {
  const count = sums[0]!;
  if (!(count > 0)) return identityColor();
  const mean = [0, 1, 2].map((channel) => sums[SOURCE + channel]! / count);
  const target = [0, 1, 2].map((channel) => sums[TARGET + channel]! / count);
  const [own, cross] = [new Float64Array(9), new Float64Array(9)];
  for (let index = 0; index < 9; index++) {
    const [row, column] = [Math.floor(index / 3), index % 3];
    const pull = row === column ? RIDGE : 0;
    own[index] = sums[SQUARES + SQUARE_AT[index]!]! / count - mean[row]! * mean[column]! + pull;
    cross[index] = sums[CROSS + index]! / count - target[row]! * mean[column]! + pull;
  }
  return colorThrough(multiply(cross, inverse3(own), 3), mean, target);
}
