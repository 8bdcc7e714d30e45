/**
 * How much of what was painted before still holds: a share, 0..1, for each cell of a frame.
 *
 * @module
 */

import { Motion } from "./optical_flow.ts";
import { loadPixel } from "./pixels.ts";

/** Side of a cell, in pixels of a frame. */
export const CELL = 4;

/** Difference of brightness, 0..255, at which little is left of trust in a motion. */
const OTHER_CONTENT: f32 = 18;

/** Difference of colours, 0..255, at which little is left of trust in what was painted before. */
const OTHER_COLOURS: f32 = 120;

/** How often colours are averaged with those of the cells around. */
const SMOOTHING = 2;

/** Shares of the cells of a frame. */
export class Trust {
  readonly columns: i32;
  readonly rows: i32;
  private readonly shares: usize;
  /** Sums over cells of how colours differ: four values a cell. */
  private readonly sums: usize;

  constructor(private readonly width: i32, private readonly height: i32) {
    const columns = (width + CELL - 1) / CELL;
    const rows = (height + CELL - 1) / CELL;
    this.columns = columns;
    this.rows = rows;
    this.shares = heap.alloc((columns * rows) << 2);
    this.sums = heap.alloc((columns * rows) << 4);
  }

  share(column: i32, row: i32): f32 {
    return load<f32>(this.cell(column, row));
  }

  /** No trust in the cell of a pixel. */
  none(x: i32, y: i32): void {
    store<f32>(this.cell(x / CELL, y / CELL), 0);
  }

  private cell(column: i32, row: i32): usize {
    return this.shares + ((row * this.columns + column) << 2);
  }

  /** Begins with a share that is less where the content is another. */
  inContent(motion: Motion, share: f32): void {
    const mismatch = motion.mismatch;
    const scale: f32 = <f32> 1 / (OTHER_CONTENT * OTHER_CONTENT * <f32> (CELL * CELL / 4));
    for (let row = 0; row < this.rows; row++) {
      const bottom = min((row + 1) * (CELL / 2), mismatch.height);
      for (let column = 0; column < this.columns; column++) {
        const right = min((column + 1) * (CELL / 2), mismatch.width);
        let squares: f32 = 0;
        for (let y = row * (CELL / 2); y < bottom; y++) {
          for (let x = column * (CELL / 2); x < right; x++) {
            const value = load<f32>(mismatch.at(x, y));
            squares += value * value;
          }
        }
        store<f32>(this.cell(column, row), share * NativeMathf.exp(-squares * scale));
      }
    }
  }

  /** Lessens shares where the colours of a moved result are not, on the whole, those of the frame. */
  inColours(moved: usize, frame: usize): void {
    const columns = this.columns;
    memory.fill(this.sums, 0, (columns * this.rows) << 4);
    for (let y = 0, at = 0; y < this.height; y++) {
      const row = this.sums + (((y / CELL) * columns) << 4);
      for (let x = 0; x < this.width; x++, at++) {
        const to = row + ((x / CELL) << 4);
        const difference = f32x4.sub(v128.load(moved + (at << 4)), loadPixel(frame + (at << 2)));
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
    const scale: f32 = <f32> 1 / (<f32> (CELL * CELL) * OTHER_COLOURS);
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

/** Averages colours along a line, weighing 1 2 1. */
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
