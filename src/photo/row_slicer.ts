import { MAP_SIZE } from "./affine_color.ts";
import { type Between, type BilateralGrid, placeAlong } from "./bilateral_grid.ts";
import { LUMA } from "./luma.ts";

/** Applies a grid of maps to a picture, row by row. */
export class RowSlicer {
  readonly #columns: Between;
  readonly #rows: Between;
  /** The maps of the current row: across × bins × 12. */
  readonly #maps: Float32Array;

  /**
   * @param width of the picture, in pixels
   * @param height of the picture, in pixels
   */
  constructor(readonly grid: BilateralGrid, width: number, height: number) {
    const { across, down, bins } = grid.shape;
    this.#columns = placeAlong(width, across);
    this.#rows = placeAlong(height, down);
    this.#maps = new Float32Array(across * bins * MAP_SIZE);
  }

  /**
   * Maps the colors of a row.
   *
   * @param y the row, from the top
   * @param source red, green and blue of each pixel, 0 to 1
   * @param target where what becomes of them is put; not cut to 0..1
   */
  slice(y: number, source: Float32Array, target: Float32Array): void {
    this.#startRow(y);
    const maps = this.#maps;
    const { cell, share } = this.#columns;
    const { bins } = this.grid.shape;
    const [stepBin, stepCell] = [MAP_SIZE, bins * MAP_SIZE];
    const [lr, lg, lb] = [LUMA[0] * bins, LUMA[1] * bins, LUMA[2] * bins];
    for (let x = 0, at = 0; x < cell.length; x++, at += 3) {
      const [r, g, b] = [source[at]!, source[at + 1]!, source[at + 2]!];
      const level = Math.min(bins - 1, Math.max(0, lr * r + lg * g + lb * b - 0.5));
      const bin = Math.min(bins - 2, level | 0);
      const brighter = level - bin;
      const right = share[x]!;
      const [w3, w2, w1] = [right * brighter, right * (1 - brighter), (1 - right) * brighter];
      const w0 = 1 - w1 - w2 - w3;
      let map = (cell[x]! * bins + bin) * MAP_SIZE;
      for (let channel = 0; channel < 3; channel++, map += 4) {
        const [m1, m2] = [map + stepBin, map + stepCell];
        const m3 = m2 + stepBin;
        target[at + channel] =
          w0 * (maps[map]! * r + maps[map + 1]! * g + maps[map + 2]! * b + maps[map + 3]!) +
          w1 * (maps[m1]! * r + maps[m1 + 1]! * g + maps[m1 + 2]! * b + maps[m1 + 3]!) +
          w2 * (maps[m2]! * r + maps[m2 + 1]! * g + maps[m2 + 2]! * b + maps[m2 + 3]!) +
          w3 * (maps[m3]! * r + maps[m3 + 1]! * g + maps[m3 + 2]! * b + maps[m3 + 3]!);
      }
    }
  }

  /** Interpolates the maps between the cells above and below a row. */
  #startRow(y: number): void {
    const { maps } = this.grid;
    const row = this.#maps;
    const share = this.#rows.share[y]!;
    const above = this.#rows.cell[y]! * row.length;
    const below = above + row.length;
    for (let index = 0; index < row.length; index++) {
      row[index] = maps[above + index]! + share * (maps[below + index]! - maps[above + index]!);
    }
  }
}
