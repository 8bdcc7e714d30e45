/** A picture in memory. An `ImageData` is one. */
export interface Pixels {
  /** RGBA, 0 to 255, not premultiplied, sRGB; rows from the top, `4 * width * height` values. */
  data: Uint8ClampedArray;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** A picture that cannot be read, written or used. */
export class ImageError extends Error {
  override name = "ImageError";
}
