/**
 * A bilateral grid of affine color maps: one for each cell of the picture and each range of
 * brightness (Chen, Paris and Durand, "Real-time Edge-Aware Image Processing with the Bilateral
 * Grid", 2007; with affine maps: Gharbi et al., "Deep Bilateral Learning for Real-Time Image
 * Enhancement", 2017). Between the centers of cells and ranges maps are interpolated linearly.
 *
 * @module
 */

import { MAP_SIZE } from "./affine_color.ts";

/** How many cells a grid has; each number is 2 or more. */
export interface GridShape {
  /** Cells from left to right. */
  across: number;
  /** Cells from top to bottom. */
  down: number;
  /** Ranges of brightness from black to white. */
  bins: number;
}

/** Cells along the longer side of a picture. */
const CELLS = 16;

/** Ranges of brightness. */
const BINS = 8;

/** Shape of the grid for a picture: cells about as wide as high. */
export function gridShape(width: number, height: number): GridShape {
  const longer = Math.max(width, height);
  const cells = (length: number) => Math.max(2, Math.round(CELLS * length / longer));
  return { across: cells(width), down: cells(height), bins: BINS };
}

/** Maps, in the order down × across × bins × 12. */
export class BilateralGrid {
  /** See {@linkcode BilateralGrid}. */
  readonly maps: Float32Array;

  /** Makes a grid whose maps are all 0. */
  constructor(readonly shape: GridShape) {
    this.maps = new Float32Array(shape.down * shape.across * shape.bins * MAP_SIZE);
  }

  /** A grid of the same shape, with each map replaced. */
  replaceMaps(replace: (map: Float32Array, cell: number) => ArrayLike<number>): BilateralGrid {
    const grid = new BilateralGrid(this.shape);
    for (let at = 0, cell = 0; at < this.maps.length; at += MAP_SIZE, cell++) {
      grid.maps.set(replace(this.maps.subarray(at, at + MAP_SIZE), cell), at);
    }
    return grid;
  }
}

/** Where positions along a side are between the centers of cells. */
export interface Between {
  /** The cell before, 0 to count − 2. */
  cell: Uint16Array;
  /** The share of the cell after it, 0 to 1. */
  share: Float32Array;
}

/**
 * Where each pixel along a side is between the cells along it.
 *
 * @param length of the side, in pixels
 * @param count of cells
 */
export function placeAlong(length: number, count: number): Between {
  const cell = new Uint16Array(length);
  const share = new Float32Array(length);
  for (let index = 0; index < length; index++) {
    const at = Math.min(count - 1, Math.max(0, (index + 0.5) / length * count - 0.5));
    cell[index] = Math.min(count - 2, Math.floor(at));
    share[index] = at - cell[index]!;
  }
  return { cell, share };
}
