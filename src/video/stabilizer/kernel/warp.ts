import { PAD, Plane } from "./plane.ts";

/**
 * Warps a plane backward by a flow, bilinearly. Positions beyond the padding are clamped to the
 * border. Rows are filled up to a multiple of four.
 *
 * @param u where a value comes from, to the right, in pixels
 * @param v the same, down
 */
export function warpPlane(plane: Plane, u: Plane, v: Plane, into: Plane): void {
  const right = <f32> (plane.width + PAD - 2);
  const columns = (into.width + 3) & ~3;
  const bottom = <f32> (plane.height + PAD - 2);
  for (let row = 0; row < into.height; row++) {
    for (let column = 0; column < columns; column++) {
      const x = min(max(<f32> column + load<f32>(u.at(column, row)), <f32> -PAD), right);
      const y = min(max(<f32> row + load<f32>(v.at(column, row)), <f32> -PAD), bottom);
      const left = floor(x);
      const top = floor(y);
      const at = plane.at(<i32> left, <i32> top);
      const upper = load<f32>(at) + (load<f32>(at + 4) - load<f32>(at)) * (x - left);
      const below = at + plane.pitch;
      const lower = load<f32>(below) + (load<f32>(below + 4) - load<f32>(below)) * (x - left);
      store<f32>(into.at(column, row), upper + (lower - upper) * (y - top));
    }
  }
}
