import { PAD, Plane } from "./plane.ts";

/** A place between the values of a plane. */
export class Place {
  /** The first value of the row above it, from which on others are to be interpolated. */
  first: usize = 0;
  /** How far it is from there, 0..1: four times. */
  private right: v128 = f32x4.splat(0);
  private below: v128 = f32x4.splat(0);

  /** Sets it, to one no farther out than that a patch there is of padding. */
  set(plane: Plane, x: f32, y: f32): void {
    const least = <f32> 1 - <f32> PAD;
    const left = min(max(x, least), <f32> plane.width);
    const top = min(max(y, least), <f32> plane.height);
    const column = floor(left);
    const row = floor(top);
    this.first = plane.at(<i32> column, <i32> row);
    this.right = f32x4.splat(left - column);
    this.below = f32x4.splat(top - row);
  }

  /** Four values between those of a row. */
  between(from: usize): v128 {
    const left = v128.load(from);
    return f32x4.add(left, f32x4.mul(f32x4.sub(v128.load(from, 4), left), this.right));
  }

  /** Four values between such ones of a row and of the next. */
  among(upper: v128, lower: v128): v128 {
    return f32x4.add(upper, f32x4.mul(f32x4.sub(lower, upper), this.below));
  }
}
