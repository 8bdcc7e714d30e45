import { type Area, blankLike, maxValue, type Pixels, quantizer, type Samples } from "./pixels.ts";

/** RGB planes, 0 to 1, in the layout 3 × height × width: input and output of the networks. */
export interface Planes {
  /** All of red, then green, then blue; rows from the top. */
  data: Float32Array;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/**
 * Converts an area of an image to planes, composed on white where it is transparent.
 *
 * @param area within the image
 */
export function toPlanes({ data, width }: Pixels<Samples>, area: Area): Planes {
  const white = maxValue(data);
  const size = area.width * area.height;
  const planes = new Float32Array(3 * size);
  for (let y = 0; y < area.height; y++) {
    let from = 4 * ((area.top + y) * width + area.left);
    let to = y * area.width;
    for (let x = 0; x < area.width; x++, from += 4, to++) {
      if (data[from + 3] === white) { // Most are, and this is faster.
        planes[to] = data[from]! / white;
        planes[to + size] = data[from + 1]! / white;
        planes[to + 2 * size] = data[from + 2]! / white;
        continue;
      }
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
 * Converts a part of planes to pixels.
 *
 * @param left first column of the part
 * @param top first row of the part
 * @param original gives the part's size, transparency and bits a channel
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

/** Converts planes to opaque pixels of 8 bits a channel. */
export function toOpaquePixels(planes: Planes): Pixels {
  const { width, height } = planes;
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  return fromPlanes(planes, 0, 0, { data, width, height });
}

/** Composes an image on white; an opaque one is returned as it is. */
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

/** Whether an image has no transparency. */
export function isOpaque({ data }: Pixels<Samples>): boolean {
  const opaque = maxValue(data);
  for (let index = 3; index < data.length; index += 4) if (data[index] !== opaque) return false;
  return true;
}
