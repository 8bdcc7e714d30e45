import type { Pixels } from "../../src/mod.ts";
import type { Color } from "./picture.ts";

/** A plane of numbers, rows from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A picture to be painted after: red, green and blue, 0..1, interleaved. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A picture of one color. */
export function flat(width: number, height: number, color: Color): Raster {
  const data = new Float32Array(3 * width * height);
  for (let at = 0; at < data.length; at++) data[at] = color[at % 3]!;
  return { width, height, data };
}

/** The colors of a picture; its transparency is ignored. */
export function fromPixels({ data, width, height }: Pixels): Raster {
  const colors = new Float32Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      colors[3 * pixel + channel] = data[4 * pixel + channel]! / 255;
    }
  }
  return { data: colors, width, height };
}

/** A picture of 8 bits a channel. */
export function toPixels({ data, width, height }: Raster): Pixels {
  const pixels = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[4 * pixel + channel] = 255 * data[3 * pixel + channel]!;
    }
  }
  return { data: pixels, width, height };
}

/** The color at a point, that of the nearest pixel. */
export function colorAt({ data, width, height }: Raster, x: number, y: number): Color {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y)));
  const at = 3 * (row * width + column);
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

/** The value at a point, that of the nearest pixel. */
export function valueAt({ data, width, height }: Plane, x: number, y: number): number {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y)));
  return data[row * width + column]!;
}

/** How bright each pixel is, 0..1, by the weights of ITU-R BT.601. */
export function luminance({ data, width, height }: Raster): Plane {
  const plane = new Float32Array(width * height);
  for (let pixel = 0; pixel < plane.length; pixel++) {
    plane[pixel] = 0.299 * data[3 * pixel]! + 0.587 * data[3 * pixel + 1]! +
      0.114 * data[3 * pixel + 2]!;
  }
  return { data: plane, width, height };
}

/** A plane convolved with a Gaussian; beyond its border, the border is continued. */
export function blurPlane(plane: Plane, sigma: number): Plane {
  return { ...plane, data: blur(plane.data, plane.width, plane.height, 1, sigma) };
}

/** A picture convolved with a Gaussian; beyond its border, the border is continued. */
export function blurRaster(raster: Raster, sigma: number): Raster {
  return { ...raster, data: blur(raster.data, raster.width, raster.height, 3, sigma) };
}

function blur(
  data: Float32Array,
  width: number,
  height: number,
  channels: number,
  sigma: number,
): Float32Array {
  const reach = Math.ceil(2.5 * sigma);
  const kernel = Array.from(
    { length: 2 * reach + 1 },
    (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, value) => sum + value);
  let from = data;
  for (
    const [length, step, other, otherStep] of [[width, 1, height, width], [
      height,
      width,
      width,
      1,
    ]] as const
  ) {
    const to = new Float32Array(data.length);
    for (let line = 0; line < other; line++) {
      for (let at = 0; at < length; at++) {
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0;
          for (let tap = -reach; tap <= reach; tap++) {
            const place = Math.min(length - 1, Math.max(0, at + tap));
            sum += kernel[tap + reach]! *
              from[channels * (line * otherStep + place * step) + channel]!;
          }
          to[channels * (line * otherStep + at * step) + channel] = sum / total;
        }
      }
    }
    from = to;
  }
  return from;
}

/** In which direction edges run, in radians, at each pixel. */
export interface DirectionField extends Plane {
  /** How clearly they do: 0 (in all directions) to 1 (in one). */
  readonly coherence: Float32Array;
}

/**
 * The direction of edges at each pixel: the minor eigenvector of the structure tensor, smoothed.
 *
 * @param sigma over how many pixels it is smoothed
 * @see Kyprianidis, Kang: Image and Video Abstraction by Coherence-Enhancing Filtering, 2011
 */
export function edgeDirections(plane: Plane, sigma: number): DirectionField {
  const { width, height } = plane;
  const tensor = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = valueAt(plane, x + 1, y) - valueAt(plane, x - 1, y);
      const dy = valueAt(plane, x, y + 1) - valueAt(plane, x, y - 1);
      tensor.set([dx * dx, dx * dy, dy * dy], 3 * (y * width + x));
    }
  }
  const smooth = blur(tensor, width, height, 3, sigma);
  const data = new Float32Array(width * height);
  const coherence = new Float32Array(width * height);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const [xx, xy, yy] = smooth.subarray(3 * pixel, 3 * pixel + 3) as unknown as [
      number,
      number,
      number,
    ];
    data[pixel] = Math.atan2(2 * xy, xx - yy) / 2 + Math.PI / 2;
    coherence[pixel] = Math.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-6);
  }
  return { data, coherence, width, height };
}
