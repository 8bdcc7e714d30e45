/**
 * Paper: the one color that most of a drawing or a print is left in. A style that is mostly paper
 * would bleach every picture, although nobody means the paper when they name the style.
 *
 * @module
 */

import type { Mask } from "./mask.ts";
import { maxValue, type Pixels, type Samples } from "./pixels.ts";

/** Bins of the histogram of colors, along each axis of Lab. */
const BINS = 20;

/** Distance from the paper's color (CIE 1976) beyond which a color is ink and nothing else. */
const INK_DISTANCE = 25;

/**
 * Weight of paper, at least. With less, a few strokes on a sheet would stand for all of it: what is
 * dark in a photo came out as ink throughout, twice as far from the style as with all its paper.
 * With half, one pass still did that.
 */
const LEAST_WEIGHT = 0.65;

/** Radius of the window that weights are averaged over, in pixels. */
const BLUR_RADIUS = 4;

/**
 * Weights that let the paper of a picture count as much as all the rest of it, or {@linkcode LEAST_WEIGHT}
 * of what it is.
 *
 * Paper is the most common color; how much of a pixel is paper goes by its distance from it in Lab.
 *
 * @returns nothing where paper is not more than half of the picture
 */
export function paperMask(pixels: Pixels<Samples>): Mask | undefined {
  const { width, height } = pixels;
  const colors = toLab(pixels);
  const [l, a, b] = mostCommon(colors);
  const ink = new Float32Array(width * height);
  for (let pixel = 0, from = 0; pixel < ink.length; pixel++, from += 3) {
    const squares = (colors[from]! - l) ** 2 + (colors[from + 1]! - a) ** 2 +
      (colors[from + 2]! - b) ** 2;
    ink[pixel] = Math.min(1, Math.sqrt(squares) / INK_DISTANCE);
  }
  let sum = 0;
  for (const value of ink) sum += value;
  const share = sum / ink.length;
  // A picture of one color has nothing but its paper.
  if (share >= 0.5 || share < 1e-3) return undefined;
  const weight = Math.max(LEAST_WEIGHT, share / (1 - share));
  const data = blur(ink.map((value) => value + (1 - value) * weight), width, height);
  return { data, width, height };
}

/** CIE Lab colors (D65) of sRGB pixels, three values each; what is transparent lies on white. */
function toLab({ data }: Pixels<Samples>): Float32Array {
  const white = maxValue(data);
  const colors = new Float32Array(data.length / 4 * 3);
  const linear = Float32Array.from({ length: 1024 }, (_, step) => {
    const value = step / 1023;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const steps = 1023 / white;
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]! / white;
    const paper = 1023 * (1 - alpha);
    const red = linear[Math.round(steps * data[from]! * alpha + paper)]!;
    const green = linear[Math.round(steps * data[from + 1]! * alpha + paper)]!;
    const blue = linear[Math.round(steps * data[from + 2]! * alpha + paper)]!;
    const x = lightness((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
    const y = lightness(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
    const z = lightness((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
    colors[to] = 116 * y - 16;
    colors[to + 1] = 500 * (x - y);
    colors[to + 2] = 200 * (y - z);
  }
  return colors;
}

function lightness(value: number): number {
  return value > 216 / 24389 ? Math.cbrt(value) : (24389 / 27 * value + 16) / 116;
}

/** Mean color of the fullest bin. */
function mostCommon(colors: Float32Array): [number, number, number] {
  const counts = new Uint32Array(BINS ** 3);
  const bins = new Uint16Array(colors.length / 3);
  for (let pixel = 0, from = 0; pixel < bins.length; pixel++, from += 3) {
    const l = binOf(colors[from]! / 100);
    const a = binOf(colors[from + 1]! / 256 + 0.5);
    const b = binOf(colors[from + 2]! / 256 + 0.5);
    const bin = (l * BINS + a) * BINS + b;
    bins[pixel] = bin;
    counts[bin]!++;
  }
  const count = counts.reduce((max, count) => Math.max(max, count), 0);
  const fullest = counts.indexOf(count);
  let [l, a, b] = [0, 0, 0];
  for (let pixel = 0, from = 0; pixel < bins.length; pixel++, from += 3) {
    if (bins[pixel] !== fullest) continue;
    l += colors[from]!;
    a += colors[from + 1]!;
    b += colors[from + 2]!;
  }
  return [l / count, a / count, b / count];
}

/** The bin of a value, 0 to 1. */
function binOf(value: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(BINS * value)));
}

/** Means over a square window, cut off at the borders. */
function blur(values: Float32Array, width: number, height: number): Float32Array {
  const rows = average(values, width, height, 1, width);
  return average(rows, height, width, width, 1);
}

/** Means along lines of values `step` apart; the lines begin `stride` apart. */
function average(
  values: Float32Array,
  length: number,
  lines: number,
  step: number,
  stride: number,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let line = 0; line < lines; line++) {
    const at = (index: number) => line * stride + index * step;
    let [sum, count] = [0, 0];
    for (let index = -BLUR_RADIUS; index < length; index++) {
      const [next, last] = [index + BLUR_RADIUS, index - BLUR_RADIUS - 1];
      if (next < length) {
        sum += values[at(next)]!;
        count++;
      }
      if (last >= 0) {
        sum -= values[at(last)]!;
        count--;
      }
      if (index >= 0) result[at(index)] = sum / count;
    }
  }
  return result;
}
