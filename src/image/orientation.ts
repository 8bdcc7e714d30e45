import type { Pixels, Samples } from "./pixels.ts";

/**
 * Turns stored pixels upright.
 *
 * @param orientation of EXIF, 1 to 8: which sides of the image its first row and column are
 */
export function upright<S extends Samples>(pixels: Pixels<S>, orientation: number): Pixels<S> {
  if (orientation === 1) return pixels;
  const { width, height } = pixels;
  const from = words(pixels);
  const to = new Uint32Array(from.length);
  const size = from.length / (width * height);
  // Offsets of the first pixel, of a step to the right and of a step down, in the result.
  const [start, right, down] = steps(orientation, width, height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, target = start + y * down; x < width; x++, target += right) {
      for (let word = 0; word < size; word++) to[size * target + word] = from[at++]!;
    }
  }
  const turned = orientation >= 5;
  return {
    data:
      (pixels.data instanceof Uint16Array
        ? new Uint16Array(to.buffer)
        : new Uint8ClampedArray(to.buffer)) as S,
    width: turned ? height : width,
    height: turned ? width : height,
  };
}

/** Offsets in the result: of the first pixel, of a step to the right, of a step down. */
function steps(orientation: number, width: number, height: number): [number, number, number] {
  const last = width * height - 1;
  switch (orientation) {
    case 2:
      return [width - 1, -1, width];
    case 3:
      return [last, -1, -width];
    case 4:
      return [last - width + 1, 1, -width];
    case 5:
      return [0, height, 1];
    case 6:
      return [height - 1, height, -1];
    case 7:
      return [last, -height, -1];
    case 8:
      return [last - height + 1, -height, 1];
    default:
      throw new RangeError(`orientation must be in 1..8: ${orientation}`);
  }
}

/** Pixels as one number of 32 bits each; of 16 bits a channel, as two. */
function words({ data }: Pixels<Samples>): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
