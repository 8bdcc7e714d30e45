import resample from "@jsquash/resize";
import { checkPixels, MAX_PIXELS } from "./pixel_limit.ts";
import { type Pixels, type Samples } from "./pixels.ts";
import { resizeRows } from "./resize_rows.ts";

/** Pixels beyond which a picture is too much for the resampler's memory, at 16 bytes each. */
const LARGE = 2 ** 26;

/** A picture at another size, resampled by Lanczos' filter (three lobes). */
export async function resize<S extends Samples>(
  pixels: Pixels<S>,
  width: number,
  height: number,
): Promise<Pixels<S>> {
  if (width === pixels.width && height === pixels.height) return pixels;
  const most = Math.max(pixels.width * pixels.height, width * height);
  if (pixels.data instanceof Uint16Array || most > LARGE) return resizeRows(pixels, width, height);
  const image = { ...pixels, colorSpace: "srgb" } as unknown as ImageData;
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
 * A picture scaled, its shape kept, so that its short side has a number of pixels.
 *
 * @param maxPixels the most that it may then have, where that is beyond {@linkcode MAX_PIXELS}
 * @throws {ImageError} if it would have more.
 */
export async function resizeShortSide<S extends Samples>(
  pixels: Pixels<S>,
  short: number,
  maxPixels: number = MAX_PIXELS,
): Promise<Pixels<S>> {
  const scale = short / Math.min(pixels.width, pixels.height);
  const side = (length: number) => Math.max(short, Math.round(length * scale));
  const [width, height] = [side(pixels.width), side(pixels.height)];
  checkPixels({ width, height }, Math.max(maxPixels, MAX_PIXELS), "would have");
  return await resize(pixels, width, height);
}
