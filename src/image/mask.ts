import { ImageError, type Pixels } from "./pixels.ts";
import { resize } from "./resize.ts";

/** Where something applies: fully at 1, not at all at 0. */
export interface Mask {
  /** 0 to 1, rows from the top, `width * height` values. */
  data: Float32Array;
  width: number;
  height: number;
}

/**
 * A picture as a mask of a size: white is 1, black and transparent 0, grey between.
 *
 * @throws {ImageError} if the mask is 0 everywhere.
 */
export async function toMask(pixels: Pixels, width: number, height: number): Promise<Mask> {
  const { data } = await resize(pixels, width, height);
  const mask = new Float32Array(width * height).map((_, pixel) => {
    const [red, green, blue, alpha] = data.subarray(4 * pixel, 4 * pixel + 4);
    return luminance(red!, green!, blue!) / 255 * (alpha! / 255);
  });
  if (!mask.some((value) => value > 0)) {
    throw new ImageError("The mask is empty: white is where the style goes, and it has none");
  }
  return { data: mask, width, height };
}

/** Brightness of a colour, in the unit of its parts (Rec. ITU-R BT.601). */
export function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Means of a mask over the cells of a grid. Beyond the right and the lower border the mask goes on
 * as it is there.
 *
 * @param stride side of a cell, in pixels
 * @returns rows × columns values
 */
export function cellMeans(mask: Mask, stride: number, columns: number, rows: number): Float32Array {
  const { data, width, height } = mask;
  return new Float32Array(columns * rows).map((_, cell) => {
    const [left, top] = [cell % columns * stride, Math.floor(cell / columns) * stride];
    let sum = 0;
    for (let y = top; y < top + stride; y++) {
      const line = Math.min(y, height - 1) * width;
      for (let x = left; x < left + stride; x++) sum += data[line + Math.min(x, width - 1)]!;
    }
    return sum / stride ** 2;
  });
}

/**
 * Masks that share each pixel: where they sum to more than 1 they are scaled down to it.
 *
 * @param masks absent ones take what the others leave
 */
export function shareMasks(
  masks: readonly (Mask | undefined)[],
  width: number,
  height: number,
): Mask[] {
  const shared = masks.map(() => new Float32Array(width * height));
  const rest = masks.filter((mask) => !mask).length;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const taken = masks.reduce((sum, mask) => sum + (mask?.data[pixel] ?? 0), 0);
    const left = Math.max(0, 1 - taken) / Math.max(1, rest);
    masks.forEach((mask, index) => {
      shared[index]![pixel] = mask ? mask.data[pixel]! / Math.max(1, taken) : left;
    });
  }
  return shared.map((data) => ({ data, width, height }));
}
