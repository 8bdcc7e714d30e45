import { blankLike, maxValue, type Pixels, quantizer, type Samples } from "./pixels.ts";

/** Lobes of the Lanczos filter. */
const LOBES = 3;

/**
 * Resizes an image with a Lanczos filter (three lobes), colors weighted by their opacity. Needs the
 * memory of a few rows beside both images.
 */
export function resizeRows<S extends Samples>(
  { data, width, height }: Pixels<S>,
  newWidth: number,
  newHeight: number,
): Pixels<S> {
  const [across, down] = [filter(width, newWidth), filter(height, newHeight)];
  const result = blankLike(data, 4 * newWidth * newHeight);
  const [fit, most] = [quantizer(result), maxValue(result)];
  /** Rows of the source at the new width that are still needed, by their number. */
  const rows = new Map<number, Float32Array>();
  for (const [y, { first, weights }] of down.entries()) {
    for (const row of rows.keys()) if (row < first) rows.delete(row);
    const line = new Float32Array(4 * newWidth);
    for (const [offset, weight] of weights.entries()) {
      const row = first + offset;
      if (!rows.has(row)) {
        rows.set(row, resizeRow(data.subarray(4 * row * width, 4 * (row + 1) * width), across));
      }
      const from = rows.get(row)!;
      for (let index = 0; index < line.length; index++) line[index]! += weight * from[index]!;
    }
    for (let x = 0, to = 4 * y * newWidth; x < line.length; x += 4, to += 4) {
      const alpha = line[x + 3]!;
      if (alpha <= 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        result[to + channel] = fit(line[x + channel]! / alpha);
      }
      result[to + 3] = fit(most * alpha);
    }
  }
  return { data: result, width: newWidth, height: newHeight };
}

/** Resizes a row; colors are premultiplied, opacity is 0 to 1. */
function resizeRow(row: Samples, filter: readonly Taps[]): Float32Array {
  const most = maxValue(row);
  const result = new Float32Array(4 * filter.length);
  for (const [x, { first, weights }] of filter.entries()) {
    let [red, green, blue, alpha] = [0, 0, 0, 0];
    for (let tap = 0, from = 4 * first; tap < weights.length; tap++, from += 4) {
      const share = weights[tap]! * row[from + 3]! / most;
      red += share * row[from]!;
      green += share * row[from + 1]!;
      blue += share * row[from + 2]!;
      alpha += share;
    }
    result.set([red, green, blue, alpha], 4 * x);
  }
  return result;
}

/** Weights of consecutive source samples that make a sample of the result. */
interface Taps {
  /** Index of the first source sample. */
  first: number;
  /** They sum to 1. */
  weights: number[];
}

/** Taps for each sample of the result along a side. To shrink, the filter is widened. */
function filter(length: number, newLength: number): Taps[] {
  const scale = length / newLength;
  const wide = Math.max(1, scale);
  return Array.from({ length: newLength }, (_, index) => {
    const center = (index + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - LOBES * wide));
    const last = Math.min(length - 1, Math.floor(center + LOBES * wide));
    const raw = Array.from(
      { length: last - first + 1 },
      (_, tap) => lanczos((first + tap - center) / wide),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const turn = Math.PI * x;
  return LOBES * Math.sin(turn) * Math.sin(turn / LOBES) / turn ** 2;
}
