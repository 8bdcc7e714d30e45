import { ImageError } from "./image_error.ts";
import type { Pixels, Samples } from "./pixels.ts";

/** How many pixels an image may have where no other limit is given: 1.6 GB in memory. */
export const MAX_PIXELS = 400_000_000;

/**
 * Refuses an image that has, or would have, too many pixels.
 *
 * @throws {ImageError} with the code `"too-many-pixels"`.
 */
export function checkPixelLimit(
  { width, height }: Omit<Pixels<Samples>, "data">,
  maxPixels: number,
  verb: "has" | "would have" = "has",
): void {
  if (width * height <= maxPixels) return;
  throw new ImageError(
    `The picture ${verb} ${width}×${height} px, more than the limit of ${maxPixels / 1e6} MP`,
    { code: "too-many-pixels" },
  );
}
