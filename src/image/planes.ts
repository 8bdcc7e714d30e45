import { type Area, blankLike, maxValue, type Pixels, quantizer, type Samples } from "./pixels.ts";

/** RGB planes, 0 to 1, in the layout 3 × height × width, as the networks take and give them. */
export interface Planes {
  /** All of red, then green, then blue; rows from the top. */
  data: Float32Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/**
 * An area of a picture as planes. What is transparent is laid on white, as the ground is of formats
 * without transparency: paper, as most art is on.
 */
export function toPlanes({ data, width }: Pixels<Samples>, area: Area): Planes {
  const white = maxValue(data);
  const size = area.width * area.height;
  const planes = new Float32Array(3 * size);
  for (let y = 0; y < area.height; y++) {
    let from = 4 * ((area.top + y) * width + area.left);
    let to = y * area.width;
    for (let x = 0; x < area.width; x++, from += 4, to++) {
      const alpha = data[from + 3]! / white;
      const ground = white * (1 - alpha);
      planes[to] = (data[from]! * alpha + ground) / white;
      planes[to + size] = (data[from + 1]! * alpha + ground) / white;
      planes[to + 2 * size] = (data[from + 2]! * alpha + ground) / white;
    }
  }
  return { data: planes, width: area.width, height: area.height };
}

/**
 * A part of planes as pixels, with the transparency of another picture, and as many bits.
 *
 * @param left, top where the part begins in the planes
 * @param original its size is that of the part
 */
export function fromPlanes<S extends Samples>(
  planes: Planes,
  left: number,
  top: number,
  original: Pixels<S>,
): Pixels<S> {
  const { width, height } = original;
  const size = planes.width * planes.height;
  const data = blankLike(original.data, 4 * width * height);
  const [white, fit] = [maxValue(data), quantizer(data)];
  for (let y = 0; y < height; y++) {
    let from = (top + y) * planes.width + left;
    let to = 4 * y * width;
    for (let x = 0; x < width; x++, from++, to += 4) {
      data[to] = fit(planes.data[from]! * white);
      data[to + 1] = fit(planes.data[from + size]! * white);
      data[to + 2] = fit(planes.data[from + 2 * size]! * white);
      data[to + 3] = original.data[to + 3]!;
    }
  }
  return { data, width, height };
}

/** A picture without transparency: what there was is laid on white. */
export function flatten(pixels: Pixels): Pixels {
  const { data, width, height } = pixels;
  if (isOpaque(pixels)) return pixels;
  const flat = new Uint8ClampedArray(data.length);
  for (let index = 0; index < data.length; index += 4) {
    const alpha = data[index + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      flat[index + channel] = data[index + channel]! * alpha + 255 * (1 - alpha);
    }
    flat[index + 3] = 255;
  }
  return { data: flat, width, height };
}

/** Whether nothing shows through a picture. */
export function isOpaque({ data }: Pixels<Samples>): boolean {
  const opaque = maxValue(data);
  for (let index = 3; index < data.length; index += 4) if (data[index] !== opaque) return false;
  return true;
}
