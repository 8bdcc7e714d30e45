import { type Pixels, type Samples, toSixteenBits } from "../image/pixels.ts";
import type { Planes } from "../image/planes.ts";
import { reduceByMeans } from "../image/reduce.ts";
import { resize } from "../image/resize.ts";

/** Short side, in pixels, at which the networks see a photograph. */
const SHORT_SIDE = 384;

/** The most pixels that they see, of one that is long and narrow. */
const MOST_PIXELS = 2 ** 20;

/**
 * A copy of a photograph that is small enough for the networks to see all of it at once, and large
 * enough to tell its parts apart; 16 bits a channel.
 *
 * @param shortest the shortest side that the networks take, in pixels
 */
export async function smallCopy(
  pixels: Pixels<Samples>,
  shortest: number,
): Promise<Pixels<Uint16Array>> {
  const { width, height } = pixels;
  const scale = Math.min(
    1,
    SHORT_SIDE / Math.min(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  );
  const side = (length: number) => Math.max(shortest, Math.round(scale * length));
  // Means first: Lanczos' filter over all of a large picture would take longer than all the rest.
  const reduced = reduceByMeans(pixels, Math.floor(1 / (2 * scale)));
  return await resize(toSixteenBits(reduced), side(width), side(height)) as Pixels<Uint16Array>;
}

/** Opacity of each pixel, 0 to 1; none where all are opaque. */
export function opacityOf({ data }: Pixels<Uint16Array>): Float32Array | undefined {
  const opacity = Float32Array.from(
    { length: data.length / 4 },
    (_, pixel) => data[4 * pixel + 3]! / 65535,
  );
  return opacity.every((value) => value === 1) ? undefined : opacity;
}

/** RGB planes, 0 to 1, of colors as they are, whatever their opacity. */
export function colorPlanes({ data, width, height }: Pixels<Uint16Array>): Planes {
  const size = width * height;
  const planes = new Float32Array(3 * size);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      planes[channel * size + pixel] = data[4 * pixel + channel]! / 65535;
    }
  }
  return { data: planes, width, height };
}
