import { maxValue, type Samples } from "../pixels.ts";
import { CURVE } from "./srgb.ts";

/** From a stored value, 0 to 1, to a linear one. */
export type Linearize = (stored: number) => number;

/** A factor for linear values, by all three of them. */
export type Scale = (red: number, green: number, blue: number) => number;

/**
 * Converts RGBA samples to sRGB by linear light, in place.
 *
 * @param curves of red, green and blue
 * @param matrix from linear values to those of sRGB, 3 × 3, row by row
 * @param scales factors on linear values before the matrix: `before` is applied first
 */
export function convertLinear(
  data: Samples,
  curves: readonly [Linearize, Linearize, Linearize],
  matrix: ArrayLike<number>,
  { before, scale }: { before?: Scale; scale?: Scale } = {},
): void {
  const most = maxValue(data);
  const tables = new Map(
    curves.map((curve) =>
      [curve, Float64Array.from({ length: most + 1 }, (_, value) => curve(value / most))] as const
    ),
  );
  const [r, g, b] = curves.map((curve) => tables.get(curve)!) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const m = Float64Array.from(matrix);
  const encode = encoder(data);
  for (let index = 0; index < data.length; index += 4) {
    let red = r[data[index]!]!;
    let green = g[data[index + 1]!]!;
    let blue = b[data[index + 2]!]!;
    if (before) {
      const factor = before(red, green, blue);
      [red, green, blue] = [factor * red, factor * green, factor * blue];
    }
    if (scale) {
      const factor = scale(red, green, blue);
      [red, green, blue] = [factor * red, factor * green, factor * blue];
    }
    data[index] = encode(m[0]! * red + m[1]! * green + m[2]! * blue);
    data[index + 1] = encode(m[3]! * red + m[4]! * green + m[5]! * blue);
    data[index + 2] = encode(m[6]! * red + m[7]! * green + m[8]! * blue);
  }
}

/** From a linear value, which is clipped to 0..1, to a sample of sRGB. */
function encoder(data: Samples): (linear: number) => number {
  const [exponent, a, b, c, d] = CURVE as [number, number, number, number, number];
  const steps = 65536;
  const most = maxValue(data);
  const round = data instanceof Uint16Array ? 0.5 : 0; // Arrays of 16 bits truncate.
  const table = Float64Array.from({ length: steps + 2 }, (_, step) => {
    const linear = Math.min(1, step / steps);
    const value = linear < c * d ? linear / c : (linear ** (1 / exponent) - b) / a;
    return most * value + round;
  });
  return (linear) => {
    const at = steps * Math.min(1, Math.max(0, linear));
    const below = Math.floor(at);
    return table[below]! + (at - below) * (table[below + 1]! - table[below]!);
  };
}
