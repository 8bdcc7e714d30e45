/** Samples of 8 bits, 0 to 255, or of 16 bits, 0 to 65535. */
export type Samples = Uint8ClampedArray | Uint16Array;

/** An image in memory, of 8 bits a channel unless said otherwise. An `ImageData` is one. */
export interface Pixels<S extends Samples = Uint8ClampedArray> {
  /** RGBA, not premultiplied, sRGB; rows from the top, `4 * width * height` values. */
  data: S;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
}

/** A rectangle of an image, in pixels. */
export interface Area {
  /** First column. */
  left: number;
  /** First row. */
  top: number;
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
}

/** The largest value of a sample: white, and full opacity. */
export function maxValue(samples: Samples): number {
  return samples instanceof Uint16Array ? 65535 : 255;
}

/** A zero-filled sample array of the same depth. */
export function blankLike<S extends Samples>(samples: S, length: number): S {
  return (samples instanceof Uint16Array
    ? new Uint16Array(length)
    : new Uint8ClampedArray(length)) as S;
}

/** Rounds and clamps values for a sample array. Arrays of 8 bits do so on assignment. */
export function quantizer(samples: Samples): (value: number) => number {
  if (!(samples instanceof Uint16Array)) return (value) => value;
  return (value) => Math.min(65535, Math.max(0, value)) + 0.5;
}

/** Converts an image to 16 bits a channel. */
export function toSixteenBits({ data, width, height }: Pixels<Samples>): Pixels<Uint16Array> {
  if (data instanceof Uint16Array) return { data, width, height };
  const wide = new Uint16Array(data.length);
  for (let index = 0; index < data.length; index++) wide[index] = 257 * data[index]!;
  return { data: wide, width, height };
}

/** Converts an image to 8 bits a channel, rounding. */
export function toEightBits({ data, width, height }: Pixels<Samples>): Pixels {
  if (!(data instanceof Uint16Array)) return { data, width, height };
  const narrow = new Uint8ClampedArray(data.length);
  for (let index = 0; index < data.length; index++) narrow[index] = data[index]! / 257;
  return { data: narrow, width, height };
}

/** Copies an area of an image. */
export function crop<S extends Samples>({ data, width }: Pixels<S>, area: Area): Pixels<S> {
  const part = blankLike(data, 4 * area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    const from = 4 * ((area.top + y) * width + area.left);
    part.set(data.subarray(from, from + 4 * area.width), 4 * y * area.width);
  }
  return { data: part, width: area.width, height: area.height };
}

/** Writes an image into an area of another, in place. */
export function paste<S extends Samples>(
  { data, width }: Pixels<S>,
  part: Pixels<S>,
  { left, top }: Area,
): void {
  for (let y = 0; y < part.height; y++) {
    const line = part.data.subarray(4 * y * part.width, 4 * (y + 1) * part.width);
    data.set(line, 4 * ((top + y) * width + left));
  }
}
