/**
 * Transfer of colors from one image to another.
 *
 * @module
 */

import { apply, matrixRoots, multiply } from "../linear_algebra.ts";
import { checkPixels } from "./check_arguments.ts";
import { luminance } from "./mask.ts";
import { maxValue, type Pixels, quantizer, type Samples } from "./pixels.ts";

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
  const whiten = matrixRoots(from.covariance, 3).inverse;
  const map = multiply(matrixRoots(to.covariance, 3).root, whiten, 3);
  const data = pixels.data.slice();
  for (let index = 0; index < data.length; index += 4) {
    const centered = from.mean.map((mean, channel) => data[index + channel]! - mean);
    const moved = apply(map, centered, 3);
    for (let channel = 0; channel < 3; channel++) {
      data[index + channel] = moved[channel]! + to.mean[channel]!;
    }
  }
  return { data, width: pixels.width, height: pixels.height };
}

/** Mean (3) and covariance (3 × 3) of the colors, in 0..255, weighted by opacity. */
function colorStatistics({ data }: Pixels<Samples>) {
  const scale = 255 / maxValue(data);
  const mean = [0, 0, 0];
  const products = new Float64Array(9);
  let count = 1e-9;
  for (let index = 0; index < data.length; index += 4) {
    const weight = data[index + 3]!;
    count += weight;
    for (let a = 0; a < 3; a++) {
      mean[a]! += weight * scale * data[index + a]!;
      for (let b = 0; b < 3; b++) {
        products[3 * a + b]! += weight * scale ** 2 * data[index + a]! * data[index + b]!;
      }
    }
  }
  mean.forEach((sum, channel) => mean[channel] = sum / count);
  const covariance = products.map((product, index) =>
    product / count - mean[Math.floor(index / 3)]! * mean[index % 3]!
  );
  return { mean, covariance };
}
