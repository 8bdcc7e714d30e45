import resample from "@jsquash/resize";
import type { Pixels } from "./pixels.ts";

/** A picture at another size, resampled by Lanczos' filter (three lobes). */
export async function resize(
  pixels: Pixels,
  width: number,
  height: number,
): Promise<Pixels> {
  if (width === pixels.width && height === pixels.height) return pixels;
  const image = { ...pixels, colorSpace: "srgb" } as ImageData;
  const { data } = await resample(image, {
    width,
    height,
    method: "lanczos3",
    premultiply: true,
    linearRGB: false,
  });
  return { data: data as Uint8ClampedArray, width, height };
}

/** A picture scaled, its shape kept, so that its short side has a number of pixels. */
export async function resizeShortSide(
  pixels: Pixels,
  short: number,
): Promise<Pixels> {
  const scale = short / Math.min(pixels.width, pixels.height);
  const side = (length: number) => Math.max(short, Math.round(length * scale));
  return await resize(pixels, side(pixels.width), side(pixels.height));
}
