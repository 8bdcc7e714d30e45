import { blankLike, type Pixels, type Samples } from "./pixels.ts";

/**
 * A picture made smaller by a whole factor: each pixel is the mean of a square, with colors weighted
 * by their opacity. What is left over at the right and the bottom is part of the last squares.
 */
export function reduceByMeans<S extends Samples>(
  { data, width, height }: Pixels<S>,
  factor: number,
): Pixels<S> {
  if (factor <= 1) return { data, width, height };
  const [newWidth, newHeight] = [Math.floor(width / factor), Math.floor(height / factor)];
  const result = blankLike(data, 4 * newWidth * newHeight);
  const rounding = data instanceof Uint16Array ? 0.5 : 0;
  const sums = new Float64Array(4 * newWidth);
  for (let row = 0, y = 0; row < newHeight; row++) {
    const end = row === newHeight - 1 ? height : y + factor;
    const rows = end - y;
    sums.fill(0);
    for (; y < end; y++) {
      let from = 4 * y * width;
      for (let column = 0, x = 0; column < newWidth; column++) {
        const last = column === newWidth - 1 ? width : x + factor;
        let [red, green, blue, opacity] = [0, 0, 0, 0];
        for (; x < last; x++, from += 4) {
          const alpha = data[from + 3]!;
          red += alpha * data[from]!;
          green += alpha * data[from + 1]!;
          blue += alpha * data[from + 2]!;
          opacity += alpha;
        }
        sums[4 * column]! += red;
        sums[4 * column + 1]! += green;
        sums[4 * column + 2]! += blue;
        sums[4 * column + 3]! += opacity;
      }
    }
    for (let column = 0; column < newWidth; column++) {
      const opacity = sums[4 * column + 3]!;
      if (opacity === 0) continue;
      const columns = column === newWidth - 1 ? width - factor * column : factor;
      const to = 4 * (row * newWidth + column);
      for (let channel = 0; channel < 3; channel++) {
        result[to + channel] = sums[4 * column + channel]! / opacity + rounding;
      }
      result[to + 3] = opacity / (rows * columns) + rounding;
    }
  }
  return { data: result, width: newWidth, height: newHeight };
}
