import type { Pixels } from "../../image/mod.ts";
import { sizeOf } from "../options/picture_options.ts";
import type { PictureOptions, ReadOptions } from "../options/types.ts";
import { resizePicture } from "../resizing.ts";

/** Resizes a frame of a clip to what `--size` and `--fit` ask for. */
export async function resizeFrame(
  pixels: Pixels,
  options: PictureOptions & ReadOptions,
): Promise<Pixels> {
  const size = sizeOf(options);
  if (size === undefined) return pixels;
  return await resizePicture(pixels, { size, option: "--size" }, options.maxPixels);
}
