import { inverse3 } from "../linear_algebra.ts";
import type { Planes } from "../image/planes.ts";

/**
 * The guided filter of a mask as an affine function of color at each pixel, `a · color + b`, so that
 * it can be evaluated on the picture at any size (He, Sun and Tang, "Guided Image Filtering", 2010;
 * He and Sun, "Fast Guided Filter", 2015).
 *
 * @param guide the picture, small
 * @param mask a value for each of its pixels
 * @param radius of the square that an estimate is made from, in pixels
 * @param regularization variance of color below which an area counts as flat
 * @returns four values a pixel: a, for red, green and blue, and b
 */
export function guidedCoefficients(
  guide: Planes,
  mask: Float32Array,
  radius: number,
  regularization: number,
): Float32Array {
  const { width, height, data } = guide;
  const size = width * height;
  const mean = (values: (pixel: number) => number) =>
    boxMean(
      Float64Array.from({ length: size }, (_, pixel) => values(pixel)),
      width,
      height,
      radius,
    );
  const color = (channel: number) => data.subarray(channel * size, (channel + 1) * size);
  const colors = [color(0), color(1), color(2)];
  const means = colors.map((plane) => mean((pixel) => plane[pixel]!));
  const maskMean = mean((pixel) => mask[pixel]!);
  const crosses = colors.map((plane) => mean((pixel) => plane[pixel]! * mask[pixel]!));
  const squares = PAIRS.map(([a, b]) => mean((pixel) => colors[a]![pixel]! * colors[b]![pixel]!));
  const parts = [0, 1, 2, 3].map(() => new Float64Array(size));
  const covariance = new Float64Array(9);
  for (let pixel = 0; pixel < size; pixel++) {
    PAIRS.forEach(([a, b], index) => {
      const value = squares[index]![pixel]! - means[a]![pixel]! * means[b]![pixel]!;
      covariance[3 * a + b] = covariance[3 * b + a] = value + (a === b ? regularization : 0);
    });
    const inverse = inverse3(covariance);
    let offset = maskMean[pixel]!;
    for (let row = 0; row < 3; row++) {
      let factor = 0;
      for (let column = 0; column < 3; column++) {
        const cross = crosses[column]![pixel]! - means[column]![pixel]! * maskMean[pixel]!;
        factor += inverse[3 * row + column]! * cross;
      }
      parts[row]![pixel] = factor;
      offset -= factor * means[row]![pixel]!;
    }
    parts[3]![pixel] = offset;
  }
  const coefficients = new Float32Array(4 * size);
  for (const [part, values] of parts.entries()) {
    const smooth = boxMean(values, width, height, radius);
    for (let pixel = 0; pixel < size; pixel++) coefficients[4 * pixel + part] = smooth[pixel]!;
  }
  return coefficients;
}

/** Pairs of channels. */
const PAIRS = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]] as const;

/** Means over squares around each pixel, of what of them is in the picture. */
function boxMean(values: Float64Array, width: number, height: number, radius: number) {
  const along = (
    from: Float64Array,
    lines: number,
    length: number,
    step: number,
    lineStep: number,
  ) => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < lines; line++) {
      const start = line * lineStep;
      let [sum, count] = [0, 0];
      for (let at = 0; at < Math.min(radius, length); at++, count++) {
        sum += from[start + at * step]!;
      }
      for (let at = 0; at < length; at++) {
        if (at + radius < length) {
          sum += from[start + (at + radius) * step]!;
          count++;
        }
        if (at - radius > 0) {
          sum -= from[start + (at - radius - 1) * step]!;
          count--;
        }
        to[start + at * step] = sum / count;
      }
    }
    return to;
  };
  return along(along(values, height, width, 1, width), width, height, width, 1);
}
