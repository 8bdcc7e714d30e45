import { luminance } from "../../image/mask.ts";
import type { Pixels } from "../../image/pixels.ts";

/** Brightness, 0..255, of a picture at half its size, at a quarter, and so on. */
export type Pyramid = readonly Plane[];

/** Rows from the top, with `PAD` pixels more on each side that repeat the border. */
export interface Plane {
  values: Float32Array;
  /** Without what is around it. */
  width: number;
  height: number;
  /** From a row to the next. */
  pitch: number;
}

/** Pixels around a plane: as far as the patches go that are looked for in it. */
export const PAD = 9;

/** Short side, in pixels, from which on a level has another one above it. */
const SMALLEST = 16;

/** The brightness of a picture, level by level. */
export function buildPyramid(pixels: Pixels): Pyramid {
  const levels = [halfBrightness(pixels)];
  for (;;) {
    const finest = levels.at(-1)!;
    if (Math.min(finest.width, finest.height) < SMALLEST) return levels;
    levels.push(half(finest));
  }
}

function emptyPlane(width: number, height: number): Plane {
  const pitch = width + 2 * PAD;
  return { values: new Float32Array(pitch * (height + 2 * PAD)), width, height, pitch };
}

/** Repeats the border of a plane around it. */
function pad({ values, width, height, pitch }: Plane): void {
  for (let y = PAD; y < PAD + height; y++) {
    const row = y * pitch;
    values.fill(values[row + PAD]!, row, row + PAD);
    values.fill(values[row + PAD + width - 1]!, row + PAD + width, row + pitch);
  }
  for (let y = 0; y < PAD; y++) {
    values.copyWithin(y * pitch, PAD * pitch, (PAD + 1) * pitch);
    const last = (PAD + height - 1) * pitch;
    values.copyWithin((PAD + height + y) * pitch, last, last + pitch);
  }
}

function halfBrightness({ data, width, height }: Pixels): Plane {
  const plane = emptyPlane(Math.ceil(width / 2), Math.ceil(height / 2));
  for (let y = 0; y < plane.height; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    const row = (y + PAD) * plane.pitch + PAD;
    for (let x = 0; x < plane.width; x++) {
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)];
      const [a, b, c, d] = [upper + left, upper + right, lower + left, lower + right];
      plane.values[row + x] = luminance(
        (data[4 * a]! + data[4 * b]! + data[4 * c]! + data[4 * d]!) / 4,
        (data[4 * a + 1]! + data[4 * b + 1]! + data[4 * c + 1]! + data[4 * d + 1]!) / 4,
        (data[4 * a + 2]! + data[4 * b + 2]! + data[4 * c + 2]! + data[4 * d + 2]!) / 4,
      );
    }
  }
  pad(plane);
  return plane;
}

function half(plane: Plane): Plane {
  const { values, pitch } = plane;
  const smaller = emptyPlane(Math.ceil(plane.width / 2), Math.ceil(plane.height / 2));
  for (let y = 0; y < smaller.height; y++) {
    const row = (y + PAD) * smaller.pitch + PAD;
    for (let x = 0; x < smaller.width; x++) {
      // Beyond a border of odd length is what repeats it.
      const from = (2 * y + PAD) * pitch + 2 * x + PAD;
      const sum = values[from]! + values[from + 1]! + values[from + pitch]! +
        values[from + pitch + 1]!;
      smaller.values[row + x] = sum / 4;
    }
  }
  pad(smaller);
  return smaller;
}
