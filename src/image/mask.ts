import { checkPixels } from "./check_arguments.ts";
import { ImageError } from "./image_error.ts";
import { type Area, type Pixels, quantizer, type Samples } from "./pixels.ts";
import { resize } from "./resize.ts";

/** How much something applies at each pixel: fully at 1, not at all at 0. */
export interface Mask {
  /** 0 to 1, rows from the top, `width * height` values. */
  data: Float32Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/**
 * Converts an image to a mask: white is 1, black or transparent 0, gray between.
 *
 * @example
 * ```ts
 * import { decodeImage, toMask } from "./mod.ts";
 *
 * const pixels = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const { data } = await toMask(pixels, 90, 60); // 5400 values, 0 to 1.
 * ```
 *
 * @param pixels resized to the size of the mask
 * @param width of the mask, in pixels
 * @param height of the mask, in pixels
 *
 * @throws {ImageError} if the mask is 0 everywhere.
 */
export async function toMask(pixels: Pixels, width: number, height: number): Promise<Mask> {
  checkPixels(pixels, "mask");
  const { data } = await resize(pixels, width, height);
  const mask = new Float32Array(width * height);
  let filled = false;
  for (let pixel = 0, from = 0; pixel < mask.length; pixel++, from += 4) {
    const value = luminance(data[from]!, data[from + 1]!, data[from + 2]!) / 255;
    mask[pixel] = value * data[from + 3]! / 255;
    filled ||= mask[pixel]! > 0;
  }
  if (!filled) {
    throw new ImageError(
      "The mask is empty: the style applies where it is white, and it is white nowhere",
    );
  }
  return { data: mask, width, height };
}

/** Luma of a color, in the unit of its channels (Rec. ITU-R BT.601). */
export function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Averages a mask over square cells. Beyond its right and lower border the mask is continued by its
 * last column and row.
 *
 * @param cells the area of interest, in cells
 * @param side of a cell, in pixels
 * @returns a mean for each cell, rows from the top
 */
export function cellMeans({ data, width, height }: Mask, cells: Area, side: number): Float32Array {
  const means = new Float32Array(cells.width * cells.height);
  for (let cell = 0; cell < means.length; cell++) {
    const left = (cells.left + cell % cells.width) * side;
    const top = (cells.top + Math.floor(cell / cells.width)) * side;
    let sum = 0;
    for (let y = top; y < top + side; y++) {
      const line = Math.min(y, height - 1) * width;
      for (let x = left; x < left + side; x++) sum += data[line + Math.min(x, width - 1)]!;
    }
    means[cell] = sum / side ** 2;
  }
  return means;
}

/**
 * Normalizes masks so that they sum to 1 at most at each pixel.
 *
 * @param masks `undefined`: the region that the other masks leave
 */
export function shareMasks(
  masks: readonly (Mask | undefined)[],
  width: number,
  height: number,
): Mask[] {
  const shared = masks.map(() => new Float32Array(width * height));
  const open = masks.filter((mask) => !mask).length;
  for (let pixel = 0; pixel < width * height; pixel++) {
    let taken = 0;
    for (const mask of masks) taken += mask?.data[pixel] ?? 0;
    const left = Math.max(0, 1 - taken) / Math.max(1, open);
    for (const [index, mask] of masks.entries()) {
      shared[index]![pixel] = mask ? mask.data[pixel]! / Math.max(1, taken) : left;
    }
  }
  return shared.map((data) => ({ data, width, height }));
}

/**
 * Blends two images by masks: `over` where the masks are 1, `under` where they are 0.
 *
 * @param area of the masks that both images show
 */
export function cover<S extends Samples>(
  over: Pixels<S>,
  under: Pixels<S>,
  masks: readonly Mask[],
  area: Area,
): Pixels<S> {
  const data = over.data.slice() as S;
  const fit = quantizer(data);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      let share = 0;
      for (const mask of masks) share += mask.data[(area.top + y) * mask.width + area.left + x]!;
      const at = 4 * (y * area.width + x);
      for (let index = at; index < at + 4; index++) {
        data[index] = fit(share * over.data[index]! + (1 - share) * under.data[index]!);
      }
    }
  }
  return { ...over, data };
}
