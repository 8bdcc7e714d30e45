import resample from "@jsquash/resize";
import { type Pixels, type Samples } from "./pixels.ts";
import { resizeDeep } from "./resize_deep.ts";

/** A picture at another size, resampled by Lanczos' filter (three lobes). */
export async function resize<S extends Samples>(
  pixels: Pixels<S>,
  width: number,
  height: number,
): Promise<Pixels<S>> {
  if (width === pixels.width && height === pixels.height) return pixels;
  if (pixels.data instanceof Uint16Array) {
    return resizeDeep(pixels as Pixels<Uint16Array>, width, height) as Pixels<S>;
  }
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

/** A picture scaled, its shape kept, so that its short side has a number of pixels. */
export async function resizeShortSide<S extends Samples>(
  pixels: Pixels<S>,
  short: number,
): Promise<Pixels<S>> {
  const scale = short / Math.min(pixels.width, pixels.height);
  const side = (length: number) => Math.max(short, Math.round(length * scale));
  return await resize(pixels, side(pixels.width), side(pixels.height));
}
