import { MAP_SIZE } from "./affine_color.ts";
import { type Between, type BilateralGrid, placeAlong } from "./bilateral_grid.ts";
import { LUMA } from "./luma.ts";

/** Applies a grid of maps to a picture, row by row. */
export class RowSlicer {
  readonly #columns: Between;
  readonly #rows: Between;
  /** The maps of the current row: across × bins × 12. */
  readonly #maps: Float64Array;

  /**
   * @param width of the picture, in pixels
   * @param height of the picture, in pixels
   */
  constructor(readonly grid: BilateralGrid, width: number, height: number) {
    const { across, down, bins } = grid.shape;
    this.#columns = placeAlong(width, across);
    this.#rows = placeAlong(height, down);
    this.#maps = new Float64Array(across * bins * MAP_SIZE);
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
      const r = source[at]!;
      const g = source[at + 1]!;
      const b = source[at + 2]!;
      const level = Math.min(bins - 1, Math.max(0, lr * r + lg * g + lb * b - 0.5));
      const bin = Math.min(bins - 2, level | 0);
      const brighter = level - bin;
      const right = share[x]!;
      const w3 = right * brighter;
      const w2 = right - w3;
      const w1 = brighter - w3;
      const w0 = 1 - right - w1;
      const m0 = (cell[x]! * bins + bin) * MAP_SIZE;
      const m1 = m0 + MAP_SIZE;
      const m2 = m0 + stepCell;
      const m3 = m2 + MAP_SIZE;
      target[at] = w0 * (maps[m0]! * r + maps[m0 + 1]! * g + maps[m0 + 2]! * b + maps[m0 + 3]!) +
        w1 * (maps[m1]! * r + maps[m1 + 1]! * g + maps[m1 + 2]! * b + maps[m1 + 3]!) +
        w2 * (maps[m2]! * r + maps[m2 + 1]! * g + maps[m2 + 2]! * b + maps[m2 + 3]!) +
        w3 * (maps[m3]! * r + maps[m3 + 1]! * g + maps[m3 + 2]! * b + maps[m3 + 3]!);
      target[at + 1] =
        w0 * (maps[m0 + 4]! * r + maps[m0 + 5]! * g + maps[m0 + 6]! * b + maps[m0 + 7]!) +
        w1 * (maps[m1 + 4]! * r + maps[m1 + 5]! * g + maps[m1 + 6]! * b + maps[m1 + 7]!) +
        w2 * (maps[m2 + 4]! * r + maps[m2 + 5]! * g + maps[m2 + 6]! * b + maps[m2 + 7]!) +
        w3 * (maps[m3 + 4]! * r + maps[m3 + 5]! * g + maps[m3 + 6]! * b + maps[m3 + 7]!);
      target[at + 2] =
        w0 * (maps[m0 + 8]! * r + maps[m0 + 9]! * g + maps[m0 + 10]! * b + maps[m0 + 11]!) +
        w1 * (maps[m1 + 8]! * r + maps[m1 + 9]! * g + maps[m1 + 10]! * b + maps[m1 + 11]!) +
        w2 * (maps[m2 + 8]! * r + maps[m2 + 9]! * g + maps[m2 + 10]! * b + maps[m2 + 11]!) +
        w3 * (maps[m3 + 8]! * r + maps[m3 + 9]! * g + maps[m3 + 10]! * b + maps[m3 + 11]!);
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
