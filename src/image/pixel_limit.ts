import { ImageError, type Pixels, type Samples } from "./pixels.ts";

/** As many pixels as a picture may have where no other limit is given: 1.6 GB in memory. */
export const MAX_PIXELS = 400_000_000;

/**
 * Refuses a picture that has, or would have, too many pixels.
 *
 * @param most pixels that it may have
 * @throws {ImageError} if it has more.
 */
export function checkPixels(
  { width, height }: Omit<Pixels<Samples>, "data">,
  most: number,
  verb: "has" | "would have" = "has",
): void {
  if (width * height <= most) return;
  throw new ImageError(
    `It ${verb} ${width}×${height} px, which is more than the limit of ${most / 1e6} MP`,
    { code: "too-many-pixels" },
  );
}
