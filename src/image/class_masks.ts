import { ImageError } from "./image_error.ts";
import type { Pixels } from "./pixels.ts";

/** The most classes of a label map. */
const MOST = 256;

/**
 * Takes a label map apart: a mask for each class, by the class's exact color.
 *
 * @example
 * ```ts
 * import { classMasks, type Pixels } from "./mod.ts";
 *
 * function classes(labels: Pixels): string[] {
 *   return [...classMasks(labels).keys()]; // As "#4682b4".
 * }
 * ```
 *
 * @returns white where the class is, and black elsewhere, by the color as `#rrggbb`
 * @throws {ImageError} if there are more than 256 colors
 */
export function classMasks({ data, width, height }: Pixels): Map<string, Pixels> {
  const masks = new Map<number, Pixels>();
  for (let at = 0; at < data.length; at += 4) {
    const color = data[at]! << 16 | data[at + 1]! << 8 | data[at + 2]!;
    let mask = masks.get(color);
    if (!mask) {
      if (masks.size === MOST) {
        throw new ImageError(
          `The picture has more than ${MOST} colors: in a label map each class has one color`,
        );
      }
      const black = new Uint8ClampedArray(data.length);
      for (let alpha = 3; alpha < black.length; alpha += 4) black[alpha] = 255;
      masks.set(color, mask = { data: black, width, height });
    }
    mask.data.fill(255, at, at + 3);
  }
  const name = (color: number) => `#${color.toString(16).padStart(6, "0")}`;
  return new Map([...masks].map(([color, mask]) => [name(color), mask]));
}
