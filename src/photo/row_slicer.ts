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
    const stepCell = bins * MAP_SIZE;
    const [lr, lg, lb] = [LUMA[0] * bins, LUMA[1] * bins, LUMA[2] * bins];
    for (let x = 0, at = 0; x < cell.length; x++, at += 3) {
      const [r, g, b] = [source[at]!, source[at + 1]!, source[at + 2]!];
      const level = Math.min(bins - 1, Math.max(0, lr * r + lg * g + lb * b - 0.5));
      const bin = Math.min(bins - 2, level | 0);
      const brighter = level - bin;
      const right = share[x]!;
      const [w3, w2, w1] = [right * brighter, right * (1 - brighter), (1 - right) * brighter];
      const w0 = 1 - w1 - w2 - w3;
      const m0 = (cell[x]! * bins + bin) * MAP_SIZE;
      const [m1, m2] = [m0 + MAP_SIZE, m0 + stepCell];
      const m3 = m2 + MAP_SIZE;
      for (let channel = 0, row = 0; channel < 3; channel++, row += 4) {
        const [a, b0, c, d] = [m0 + row, m1 + row, m2 + row, m3 + row];
        target[at + channel] =
          w0 * (maps[a]! * r + maps[a + 1]! * g + maps[a + 2]! * b + maps[a + 3]!) +
          w1 * (maps[b0]! * r + maps[b0 + 1]! * g + maps[b0 + 2]! * b + maps[b0 + 3]!) +
          w2 * (maps[c]! * r + maps[c + 1]! * g + maps[c + 2]! * b + maps[c + 3]!) +
          w3 * (maps[d]! * r + maps[d + 1]! * g + maps[d + 2]! * b + maps[d + 3]!);
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
