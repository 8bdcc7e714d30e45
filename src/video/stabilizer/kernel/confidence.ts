/**
 * How far the previous result still holds: a share, 0..1, for each cell of a frame.
 *
 * @module
 */

import { OpticalFlow } from "./optical_flow.ts";
import { loadPixel } from "./pixels.ts";

/** Side of a cell, in pixels of a frame. */
export const CELL = 4;

/** Residual of the flow, 0..255, that leaves little confidence in it. */
const CONTENT_TOLERANCE: f32 = 18;

/** Difference of color, 0..255, that leaves little confidence in the previous result. */
const COLOR_TOLERANCE: f32 = 120;

/** Passes that smooth color differences over neighboring cells. */
const SMOOTHING = 2;

/** Confidence map of a frame, by cells. */
export class Confidence {
  readonly columns: i32;
  readonly rows: i32;
  private readonly shares: usize;
  /** Color differences summed over each cell: four values a cell. */
  private readonly sums: usize;

  constructor(private readonly width: i32, private readonly height: i32) {
    const columns = (width + CELL - 1) / CELL;
    const rows = (height + CELL - 1) / CELL;
    this.columns = columns;
    this.rows = rows;
    this.shares = heap.alloc((columns * rows) << 2);
    this.sums = heap.alloc((columns * rows) << 4);
  }

  /** The share of a cell. */
  at(column: i32, row: i32): f32 {
    return load<f32>(this.cell(column, row));
  }

  /** Clears the confidence in the cell of a pixel. */
  clear(x: i32, y: i32): void {
    store<f32>(this.cell(x / CELL, y / CELL), 0);
  }

  private cell(column: i32, row: i32): usize {
    return this.shares + ((row * this.columns + column) << 2);
  }

  /** Sets all cells to a share, less where the flow does not explain the content. */
  fromFlow(flow: OpticalFlow, share: f32): void {
    const residual = flow.residual;
    const scale: f32 = <f32> 1 / (CONTENT_TOLERANCE * CONTENT_TOLERANCE * <f32> (CELL * CELL / 4));
    for (let row = 0; row < this.rows; row++) {
      const bottom = min((row + 1) * (CELL / 2), residual.height);
      for (let column = 0; column < this.columns; column++) {
        const right = min((column + 1) * (CELL / 2), residual.width);
        let squares: f32 = 0;
        for (let y = row * (CELL / 2); y < bottom; y++) {
          for (let x = column * (CELL / 2); x < right; x++) {
            const value = load<f32>(residual.at(x, y));
            squares += value * value;
          }
        }
        store<f32>(this.cell(column, row), share * NativeMathf.exp(-squares * scale));
      }
    }
  }

  /** Lowers the shares where the warped result and the frame differ in color, on average. */
  limitByColor(warped: usize, frame: usize): void {
    const columns = this.columns;
    memory.fill(this.sums, 0, (columns * this.rows) << 4);
    for (let y = 0, at = 0; y < this.height; y++) {
      const row = this.sums + (((y / CELL) * columns) << 4);
      for (let x = 0; x < this.width; x++, at++) {
        const to = row + ((x / CELL) << 4);
        const difference = f32x4.sub(v128.load(warped + (at << 4)), loadPixel(frame + (at << 2)));
        v128.store(to, f32x4.add(v128.load(to), difference));
      }
    }
    for (let pass = 0; pass < SMOOTHING; pass++) {
      for (let row = 0; row < this.rows; row++) {
        smooth(this.sums + ((row * columns) << 4), 1 << 4, columns);
      }
      for (let column = 0; column < columns; column++) {
        smooth(this.sums + (column << 4), columns << 4, this.rows);
      }
    }
    const scale: f32 = <f32> 1 / (<f32> (CELL * CELL) * COLOR_TOLERANCE);
    for (let cell = 0; cell < columns * this.rows; cell++) {
      const sums = f32x4.abs(v128.load(this.sums + (cell << 4)));
      const greatest = max(
        max(f32x4.extract_lane(sums, 0), f32x4.extract_lane(sums, 1)),
        f32x4.extract_lane(sums, 2),
      ) * scale;
      const at = this.shares + (cell << 2);
      store<f32>(at, load<f32>(at) * NativeMathf.exp(-greatest * greatest));
    }
  }
}

/** Smooths sums along a line with weights 1 2 1. */
function smooth(at: usize, step: usize, count: i32): void {
  const half = f32x4.splat(0.5);
  const quarter = f32x4.splat(0.25);
  let before = v128.load(at);
  for (let index = 0; index < count; index++, at += step) {
    const own = v128.load(at);
    const after = index < count - 1 ? v128.load(at + step) : own;
    const sides = f32x4.mul(f32x4.add(before, after), quarter);
    v128.store(at, f32x4.add(f32x4.mul(own, half), sides));
    before = own;
  }
}
