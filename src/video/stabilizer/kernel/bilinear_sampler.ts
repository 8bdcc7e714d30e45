import { PAD, Plane } from "./plane.ts";

/** Interpolates a plane at a fractional position, four values of a row at a time. */
export class BilinearSampler {
  /** Address of the value at the upper left of the position. */
  first: usize = 0;
  /** Fractional part of the position, 0..1, in each of four lanes. */
  private right: v128 = f32x4.splat(0);
  private below: v128 = f32x4.splat(0);

  /** Sets the position, clamped so that a whole patch from there on lies within the padding. */
  moveTo(plane: Plane, x: f32, y: f32): void {
    const least = <f32> 1 - <f32> PAD;
    const left = min(max(x, least), <f32> plane.width);
    const top = min(max(y, least), <f32> plane.height);
    const column = floor(left);
    const row = floor(top);
    this.first = plane.at(<i32> column, <i32> row);
    this.right = f32x4.splat(left - column);
    this.below = f32x4.splat(top - row);
  }

  /** Interpolates four values horizontally, from an address on. */
  acrossRow(from: usize): v128 {
    const left = v128.load(from);
    return f32x4.add(left, f32x4.mul(f32x4.sub(v128.load(from, 4), left), this.right));
  }

  /** Interpolates vertically between two interpolated rows. */
  betweenRows(upper: v128, lower: v128): v128 {
    return f32x4.add(upper, f32x4.mul(f32x4.sub(lower, upper), this.below));
  }
}
