import "../util/file_fetch.ts";
import { checkNumber, checkPixels, checkSide } from "./check_arguments.ts";
import { checkPixelLimit, MAX_PIXELS } from "./pixel_limit.ts";
import type { Pixels, Samples } from "./pixels.ts";
import { resizeRows } from "./resize_rows.ts";

/** Pixels beyond which an image is too much for the resampler, which takes 16 bytes for each. */
const LARGE = 2 ** 26;

/**
 * Resizes an image with a Lanczos filter (three lobes), colors weighted by their opacity.
 *
 * @example
 * ```ts
 * import { decodeImage, resize } from "./mod.ts";
 *
 * const pixels = await decodeImage(await Deno.readFile("examples/island.jpg"));
 * const half = await resize(pixels, pixels.width >> 1, pixels.height >> 1);
 * ```
 *
 * @param width of the result, in pixels
 * @param height of the result, in pixels
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export async function resize<S extends Samples>(
  pixels: Pixels<S>,
  width: number,
  height: number,
): Promise<Pixels<S>> {
  checkPixels(pixels);
  checkSide(width, "width");
  checkSide(height, "height");
  if (width === pixels.width && height === pixels.height) return pixels;
  const most = Math.max(pixels.width * pixels.height, width * height);
  if (pixels.data instanceof Uint16Array || most > LARGE) return resizeRows(pixels, width, height);
  // Named one by one: of an ImageData, whose values are getters, a spread would copy nothing.
  const image = {
    data: pixels.data,
    width: pixels.width,
    height: pixels.height,
    colorSpace: "srgb",
  } as unknown as ImageData;
  // Loaded here, as starting up would wait for it in vain.
  const { default: resample } = await import("@jsquash/resize");
  const { data } = await resample(image, {
    width,
    height,
    method: "lanczos3",
    premultiply: true,
    linearRGB: false,
  });
  return { data: data as S, width, height };
}

/**
 * Resizes an image to a short side, keeping its shape.
 *
 * @param short side of the result, in pixels
 * @param maxPixels how many pixels the result may have, where that is beyond {@linkcode MAX_PIXELS}
 * @throws {ImageError} if it would have more.
 * @throws {TypeError | RangeError} if an argument is invalid.
 */
export async function resizeShortSide<S extends Samples>(
  pixels: Pixels<S>,
  short: number,
  maxPixels: number = MAX_PIXELS,
): Promise<Pixels<S>> {
  checkPixels(pixels);
  checkSide(short, "short");
  checkNumber(maxPixels, "maxPixels", 1, Infinity);
  const scale = short / Math.min(pixels.width, pixels.height);
  const side = (length: number) => Math.max(short, Math.round(length * scale));
  const [width, height] = [side(pixels.width), side(pixels.height)];
  checkPixelLimit({ width, height }, Math.max(maxPixels, MAX_PIXELS), "would have");
  return await resize(pixels, width, height);
}

/** How many times the pixels of the square of its short side an enlarged picture may have. */
const ENLARGED = 4;

/**
 * The short side, in pixels, to which a picture is resized where no size is asked for. A thin
 * picture is not enlarged to the usual one: it would become many times as large as others.
 *
 * @param usual short side in pixels
 */
export function usualShortSide(
  { width, height }: Omit<Pixels<Samples>, "data">,
  usual: number,
): number {
  const short = Math.min(width, height);
  const largest = Math.floor(short * Math.sqrt(ENLARGED * usual ** 2 / (width * height)));
  return Math.min(usual, Math.max(short, largest));
}
