import { loadPixel } from "./pixels.ts";

/** Side, in pixels, of the squares whose mean colors follow a changing style at once. */
const SIDE = 32;

/** Shifts mean colors, square by square, to those of a frame in another style. */
export class ColorShift {
  private readonly columns: i32;
  private readonly rows: i32;
  /** Mean difference of each square: four values a square. */
  private readonly shifts: usize;

  constructor(private readonly width: i32, private readonly height: i32) {
    this.columns = (width + SIDE - 1) / SIDE;
    this.rows = (height + SIDE - 1) / SIDE;
    this.shifts = heap.alloc((this.columns * this.rows) << 4);
  }

  /** Shifts the warped result so that each square has the mean color that the frame has there. */
  apply(warped: usize, frame: usize): void {
    memory.fill(this.shifts, 0, (this.columns * this.rows) << 4);
    for (let y = 0, at = 0; y < this.height; y++) {
      const row = y / SIDE;
      const bottom = min(SIDE, this.height - row * SIDE);
      for (let x = 0; x < this.width; x++, at++) {
        const column = x / SIDE;
        const area = <f32> (bottom * min(SIDE, this.width - column * SIDE));
        const difference = f32x4.sub(loadPixel(frame + (at << 2)), v128.load(warped + (at << 4)));
        const to = this.square(column, row);
        v128.store(to, f32x4.add(v128.load(to), f32x4.div(difference, f32x4.splat(area))));
      }
    }
    for (let y = 0, at = 0; y < this.height; y++) {
      const row = position(y, this.rows);
      const upper = <i32> floor(row);
      const lower = min(this.rows - 1, upper + 1);
      for (let x = 0; x < this.width; x++, at++) {
        const column = position(x, this.columns);
        const left = <i32> floor(column);
        const right = min(this.columns - 1, left + 1);
        const across = column - <f32> left;
        const above = mix(this.square(left, upper), this.square(right, upper), across);
        const below = mix(this.square(left, lower), this.square(right, lower), across);
        const share = f32x4.splat(row - <f32> upper);
        const shift = f32x4.add(above, f32x4.mul(f32x4.sub(below, above), share));
        const to = warped + (at << 4);
        v128.store(to, f32x4.add(v128.load(to), shift));
      }
    }
  }

  private square(column: i32, row: i32): usize {
    return this.shifts + ((row * this.columns + column) << 4);
  }
}

/** Position of a pixel relative to the centers of squares, in squares. */
function position(pixel: i32, squares: i32): f32 {
  const at = (<f32> pixel + 0.5) / <f32> SIDE - 0.5;
  return min(max(at, <f32> 0), <f32> (squares - 1));
}

function mix(a: usize, b: usize, share: f32): v128 {
  const from = v128.load(a);
  return f32x4.add(from, f32x4.mul(f32x4.sub(v128.load(b), from), f32x4.splat(share)));
}
