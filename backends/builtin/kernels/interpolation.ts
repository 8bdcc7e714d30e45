import { clamp, storeSome } from "./arithmetic.ts";

/** Arguments of {@linkcode interpolate}. */
@unmanaged
export class Interpolation {
  /** The picture, with the values of a pixel next to each other. */
  input: usize;
  /** For each output row, bytes to the two input rows, and the share of the second, float32. */
  rowTable: usize;
  /** The same for columns. */
  columnTable: usize;
  columns: i32;
  channels: i32;
  out: usize;
  /** What is added, or 0; of the output's layout. */
  residual: usize;
  low: f32;
  high: f32;
}

/** Bilinear interpolation: a row of the output. */
export function interpolate(args: usize, row: i32, _scratch: usize): void {
  const a = changetype<Interpolation>(args);
  const entry = a.rowTable + <usize> row * 12;
  const upper = a.input + load<usize>(entry);
  const lower = a.input + load<usize>(entry, 4);
  const down = v128.load_splat<f32>(entry, 8);
  const low = f32x4.splat(a.low);
  const high = f32x4.splat(a.high);
  const bytes = <usize> a.channels << 2;
  let at = <usize> row * <usize> a.columns * bytes;
  for (let column = 0; column < a.columns; column++) {
    const position = a.columnTable + <usize> column * 12;
    const left = load<usize>(position);
    const right = load<usize>(position, 4);
    const across = v128.load_splat<f32>(position, 8);
    for (let channel = <usize> 0; channel < bytes; channel += 16) {
      const upperLeft = v128.load(upper + left + channel);
      const lowerLeft = v128.load(lower + left + channel);
      const above = f32x4.add(
        upperLeft,
        f32x4.mul(f32x4.sub(v128.load(upper + right + channel), upperLeft), across),
      );
      const below = f32x4.add(
        lowerLeft,
        f32x4.mul(f32x4.sub(v128.load(lower + right + channel), lowerLeft), across),
      );
      let value = f32x4.add(above, f32x4.mul(f32x4.sub(below, above), down));
      if (a.residual) value = f32x4.add(value, v128.load(a.residual + at + channel));
      storeSome(a.out + at + channel, clamp(value, low, high), <i32> ((bytes - channel) >> 2));
    }
    at += bytes;
  }
}
