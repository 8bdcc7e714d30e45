import type { Area } from "../tiling/plan.ts";

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

/** An area of a picture, as a picture. */
export function crop({ data, width }: Pixels, area: Area): Pixels {
  const part = new Uint8ClampedArray(4 * area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    const from = 4 * ((area.top + y) * width + area.left);
    part.set(data.subarray(from, from + 4 * area.width), 4 * y * area.width);
  }
  return { data: part, width: area.width, height: area.height };
}

/** Puts a picture into another, at an area of its size. */
export function paste({ data, width }: Pixels, part: Pixels, { left, top }: Area): void {
  for (let y = 0; y < part.height; y++) {
    const line = part.data.subarray(4 * y * part.width, 4 * (y + 1) * part.width);
    data.set(line, 4 * ((top + y) * width + left));
  }
}
