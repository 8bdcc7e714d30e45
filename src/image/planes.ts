import type { Pixels } from "./pixels.ts";

/**
 * The ground that shows through where a picture is transparent, for the network and for formats
 * without transparency: paper, as most art is on.
 */
const GROUND = 255;

/**
 * Pixels as the networks take them: RGB planes, 0 to 1, in the layout 3 × height × width. What is
 * transparent is laid on white.
 */
export function toPlanes(
  { data, width, height }: Pixels,
): Float32Array<ArrayBuffer> {
  const area = width * height;
  const planes = new Float32Array(3 * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const alpha = data[4 * pixel + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[4 * pixel + channel]! * alpha + GROUND * (1 - alpha);
      planes[channel * area + pixel] = value / 255;
    }
  }
  return planes;
}

/**
 * Planes of the layout 3 × `planesHeight` × `planesWidth` as pixels, cut at the right and below to
 * the size of `original`, whose transparency they take.
 */
export function fromPlanes(
  planes: Float32Array,
  planesWidth: number,
  planesHeight: number,
  original: Pixels,
): Pixels {
  const { width, height } = original;
  const area = planesWidth * planesHeight;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 4 * (y * width + x);
      const from = y * planesWidth + x;
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = planes[channel * area + from]! * 255; // Rounds, and cuts to 0..255.
      }
      data[to + 3] = original.data[to + 3]!;
    }
  }
  return { data, width, height };
}

/** A picture without transparency: what there was is laid on white. */
export function flatten({ data, width, height }: Pixels): Pixels {
  const flat = new Uint8ClampedArray(data.length);
  for (let index = 0; index < data.length; index += 4) {
    const alpha = data[index + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      flat[index + channel] = data[index + channel]! * alpha +
        GROUND * (1 - alpha);
    }
    flat[index + 3] = 255;
  }
  return { data: flat, width, height };
}
