/**
 * Transfer of colors from one image to another.
 *
 * @module
 */

import { apply, matrixRoots, multiply } from "../linear_algebra.ts";
import { checkPixels } from "./check_arguments.ts";
import { colorStatistics } from "./color_statistics.ts";
import { luminance } from "./mask.ts";
import { type Pixels, quantizer, type Samples } from "./pixels.ts";

/**
 * Gives an image the chroma of another of its size; luma (Rec. ITU-R BT.601) and transparency
 * stay.
 */
export function withColorsOf<S extends Samples>(pixels: Pixels<S>, colors: Pixels<S>): Pixels<S> {
  const data = pixels.data.slice() as S;
  const fit = quantizer(data);
  for (let index = 0; index < data.length; index += 4) {
    const own = luminance(data[index]!, data[index + 1]!, data[index + 2]!);
    const [red, green, blue] = colors.data.subarray(index, index + 3);
    const shift = own - luminance(red!, green!, blue!);
    // Shifting all three channels alike leaves the chroma as it is.
    data[index] = fit(red! + shift);
    data[index + 1] = fit(green! + shift);
    data[index + 2] = fit(blue! + shift);
  }
  return { data, width: pixels.width, height: pixels.height };
}

/**
 * Moves the colors of an image so that their mean and covariance are those of another: the
 * symmetric linear map of Gatys et al., "Preserving Color in Neural Artistic Style Transfer", 2016.
 *
 * @example
 * ```ts
 * import { decodeImage, matchColors } from "./mod.ts";
 *
 * const style = await decodeImage(await Deno.readFile("examples/mosaic.jpg"));
 * const content = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const recolored = matchColors(style, content);
 * ```
 *
 * @param pixels the image to change; it is not changed in place
 * @param target the image whose colors are matched, of any size
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export function matchColors(pixels: Pixels, target: Pixels<Samples>): Pixels {
  checkPixels(pixels);
  checkPixels(target, "target");
  const [from, to] = [colorStatistics(pixels), colorStatistics(target)];
  const mean = Array.from(from.mean, (value) => 255 * value);
  const newMean = Array.from(to.mean, (value) => 255 * value);
  const whiten = matrixRoots(from.covariance, 3).inverse;
  const map = multiply(matrixRoots(to.covariance, 3).root, whiten, 3);
  const data = pixels.data.slice();
  for (let index = 0; index < data.length; index += 4) {
    const centered = mean.map((value, channel) => data[index + channel]! - value);
    const moved = apply(map, centered, 3);
    for (let channel = 0; channel < 3; channel++) {
      data[index + channel] = moved[channel]! + newMean[channel]!;
    }
  }
  return { data, width: pixels.width, height: pixels.height };
}
