/**
 * Small pictures of styles, to be seen where a pack is shown.
 *
 * @module
 */

import type { Pixels } from "../image/pixels.ts";
import { resize } from "../image/resize.ts";
import type { Thumbnail } from "./pack.ts";

/** Longest side of a thumbnail, in pixels. */
const SIDE = 96;

/**
 * A small picture of a style, for {@linkcode PackedStyle}.
 *
 * @example
 * ```ts
 * import { makeThumbnail, type Pixels, Stylizer, writePack } from "../mod.ts";
 *
 * async function pack(stylizer: Stylizer, mosaic: Pixels): Promise<Uint8Array> {
 *   const [statistics, thumbnail] = [await stylizer.encodeStyle(mosaic), makeThumbnail(mosaic)];
 *   return await writePack([{ name: "mosaic", ...statistics, thumbnail: await thumbnail }]);
 * }
 * ```
 *
 * @param resizer what resizes, where that is to be done on another thread
 * @returns 96 px at its longest side, or less where the picture is smaller
 */
export async function makeThumbnail(
  pixels: Pixels,
  resizer: (pixels: Pixels, width: number, height: number) => Promise<Pixels> = resize,
): Promise<Thumbnail> {
  const { width, height } = pixels;
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const small = await resizer(pixels, side(width), side(height));
  const rgb = small.data.filter((_, index) => index % 4 !== 3);
  return { width: small.width, height: small.height, data: new Uint8Array(rgb) };
}
