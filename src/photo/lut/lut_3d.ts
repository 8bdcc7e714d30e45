import { blankLike, maxValue, type Pixels, type Samples } from "../../image/pixels.ts";

/**
 * A lookup table of colors, in three dimensions: what becomes of each color of a lattice, RGB from 0
 * to 1. Between its points it is interpolated in tetrahedra (Kasson et al., "Performing Color Space
 * Conversions with Three-Dimensional Linear Interpolation", 1995).
 */
export class Lut3d {
  /**
   * Makes a table of values.
   *
   * @throws {RangeError} if the values are not as many as the size asks for
   */
  constructor(
    /** Points along a side, 2 or more. */
    readonly size: number,
    /** RGB of each point, `3 * size ** 3`; red changes first, then green, then blue. */
    readonly values: Float32Array,
  ) {
    if (!(Number.isInteger(size) && size >= 2 && values.length === 3 * size ** 3)) {
      throw new RangeError(`A table of size ${size} does not have ${values.length} values`);
    }
  }

  /**
   * Applies the table to a picture. The result has its size, transparency and bits a channel.
   *
   * @param share how much of the table is taken: 0 nothing, 1 all
   */
  apply<S extends Samples>({ data, width, height }: Pixels<S>, share = 1): Pixels<S> {
    const result = blankLike(data, data.length);
    const { size, values } = this;
    const white = maxValue(data);
    const rounding = data instanceof Uint16Array ? 0.5 : 0;
    const scale = (size - 1) / white;
    const steps = [3, 3 * size, 3 * size ** 2] as const;
    for (let at = 0; at < data.length; at += 4) {
      let corner = 0;
      const [r, cornerR] = place(data[at]! * scale, size);
      const [g, cornerG] = place(data[at + 1]! * scale, size);
      const [b, cornerB] = place(data[at + 2]! * scale, size);
      corner = cornerR * steps[0] + cornerG * steps[1] + cornerB * steps[2];
      // From black's corner of the cell to white's, along the largest part first.
      const [first, second, third] = order(r, g, b);
      const parts = [r, g, b] as const;
      const a = corner + steps[first];
      const c = a + steps[second];
      const last = c + steps[third];
      const [w1, w2, w3] = [parts[first], parts[second], parts[third]];
      for (let channel = 0; channel < 3; channel++) {
        const value = (1 - w1) * values[corner + channel]! + (w1 - w2) * values[a + channel]! +
          (w2 - w3) * values[c + channel]! + w3 * values[last + channel]!;
        const own = data[at + channel]!;
        const mixed = own + share * (white * value - own);
        result[at + channel] = Math.min(white, Math.max(0, mixed)) + rounding;
      }
      result[at + 3] = data[at + 3]!;
    }
    return { data: result, width, height };
  }
}

/** Where a value is between two points of the lattice: the share of the second, and the first. */
function place(at: number, size: number): [share: number, index: number] {
  const index = Math.min(size - 2, Math.floor(at));
  return [at - index, index];
}

/** The channels by their size, the largest first. */
function order(r: number, g: number, b: number): readonly [Axis, Axis, Axis] {
  if (r >= g) return g >= b ? [0, 1, 2] : r >= b ? [0, 2, 1] : [2, 0, 1];
  return r >= b ? [1, 0, 2] : g >= b ? [1, 2, 0] : [2, 1, 0];
}

type Axis = 0 | 1 | 2;
