/**
 * Converts Y'CbCr samples to RGBA pixels and back.
 *
 * @module
 */

import type { Pixels } from "../image/pixels.ts";
import { type Chroma, chromaSize, type Y4mHeader } from "./y4m.ts";

/** How colors are coded in samples. */
interface Coding {
  /** Weights of red and blue in luma. */
  red: number;
  blue: number;
  /** Luma sample of black, and from black to white. */
  black: number;
  luma: number;
  /** From the lowest chroma sample to the highest. */
  chroma: number;
}

/**
 * The coding of a stream. Y4M does not name the matrix; as in players, that is ITU-R BT.709 above 576
 * lines, and BT.601 up to there.
 */
function codingOf(height: number, fullRange: boolean): Coding {
  const [red, blue] = height > 576 ? [0.2126, 0.0722] : [0.299, 0.114];
  return fullRange
    ? { red, blue, black: 0, luma: 255, chroma: 255 }
    : { red, blue, black: 16, luma: 219, chroma: 224 };
}

/**
 * Converts the samples of a frame to pixels. Chroma is interpolated bilinearly.
 *
 * @param planes the planes of Y, Cb and Cr, as in {@linkcode Y4mFrame}
 * @returns RGBA, opaque, of the header's size
 */
export function toPixels(planes: Uint8Array, header: Y4mHeader): Pixels {
  const { width, height, chroma, fullRange } = header;
  const { red, blue, black, luma, chroma: span } = codingOf(height, fullRange);
  const small = chromaSize(chroma, width, height);
  const area = width * height;
  const cb = planes.subarray(area, area + small.width * small.height);
  const cr = planes.subarray(area + small.width * small.height);
  const color = chroma.across > 0;
  const [rowB, rowR] = [new Float32Array(width), new Float32Array(width)];
  const columns = positions(width, small.width, chroma.across, chroma.left);
  const rows = positions(height, small.height, chroma.down, chroma.top);
  const scale = 255 / luma;
  const [toRed, toBlue] = [255 / span * 2 * (1 - red), 255 / span * 2 * (1 - blue)];
  const green = 1 - red - blue;
  const data = new Uint8ClampedArray(4 * area);
  for (let y = 0; y < height; y++) {
    if (color) {
      interpolate(cb, small.width, rows, y, columns, rowB);
      interpolate(cr, small.width, rows, y, columns, rowR);
    }
    for (let x = 0, from = y * width, to = 4 * from; x < width; x++, from++, to += 4) {
      const brightness = (planes[from]! - black) * scale;
      const r = color ? (rowR[x]! - 128) * toRed : 0;
      const b = color ? (rowB[x]! - 128) * toBlue : 0;
      data[to] = brightness + r;
      data[to + 1] = brightness - (red * r + blue * b) / green;
      data[to + 2] = brightness + b;
      data[to + 3] = 255;
    }
  }
  return { data, width, height };
}

/**
 * Converts pixels to the samples of a frame. Chroma is averaged around each of its samples.
 *
 * @returns the planes of Y, Cb and Cr, as in {@linkcode Y4mFrame}
 */
export function fromPixels(
  { data, width, height }: Pixels,
  { chroma, fullRange }: Y4mHeader,
): Uint8Array<ArrayBuffer> {
  const { red, blue, black, luma, chroma: span } = codingOf(height, fullRange);
  const small = chromaSize(chroma, width, height);
  const [area, smallArea] = [width * height, small.width * small.height];
  const planes = new Uint8ClampedArray(area + 2 * smallArea);
  const green = 1 - red - blue;
  const color = chroma.across > 0;
  const [fullB, fullR] = [new Float32Array(color ? area : 0), new Float32Array(color ? area : 0)];
  const [fromBlue, fromRed] = [span / 255 / 2 / (1 - blue), span / 255 / 2 / (1 - red)];
  for (let at = 0, from = 0; at < area; at++, from += 4) {
    const [r, b] = [data[from]!, data[from + 2]!];
    const brightness = red * r + green * data[from + 1]! + blue * b;
    planes[at] = black + brightness * luma / 255;
    if (color) {
      fullB[at] = 128 + (b - brightness) * fromBlue;
      fullR[at] = 128 + (r - brightness) * fromRed;
    }
  }
  if (color) {
    reduce(fullB, width, height, chroma, planes.subarray(area, area + smallArea));
    reduce(fullR, width, height, chroma, planes.subarray(area + smallArea));
  }
  return new Uint8Array(planes.buffer);
}

/** For each of some positions the samples on either side, and the share of the upper one. */
interface Positions {
  low: Uint32Array;
  high: Uint32Array;
  share: Float32Array;
}

function positions(length: number, samples: number, step: number, offset: number): Positions {
  const [low, high] = [new Uint32Array(length), new Uint32Array(length)];
  const share = new Float32Array(length);
  for (let index = 0; index < length && step > 0; index++) {
    const at = Math.min(Math.max((index - offset) / step, 0), samples - 1);
    low[index] = Math.floor(at);
    high[index] = Math.min(low[index]! + 1, samples - 1);
    share[index] = at - low[index]!;
  }
  return { low, high, share };
}

/** Interpolates a row of a plane at full size. */
function interpolate(
  plane: Uint8Array,
  width: number,
  rows: Positions,
  y: number,
  { low, high, share }: Positions,
  row: Float32Array,
): void {
  const [upper, lower] = [rows.low[y]! * width, rows.high[y]! * width];
  const down = rows.share[y]!;
  for (let x = 0; x < row.length; x++) {
    const [left, right, across] = [low[x]!, high[x]!, share[x]!];
    const above = plane[upper + left]! * (1 - across) + plane[upper + right]! * across;
    const below = plane[lower + left]! * (1 - across) + plane[lower + right]! * across;
    row[x] = above * (1 - down) + below * down;
  }
}

/** Subsamples a plane: means of the values a sample stands for; 1 2 1 where it lies on one. */
function reduce(
  plane: Float32Array,
  width: number,
  height: number,
  { across, down, left, top }: Chroma,
  samples: Uint8ClampedArray,
): void {
  const columns = Math.ceil(width / across);
  const horizontal = taps(across, left);
  const vertical = taps(down, top);
  for (let at = 0; at < samples.length; at++) {
    const [x, y] = [at % columns * across, Math.floor(at / columns) * down];
    let sum = 0;
    for (const [dy, weightY] of vertical) {
      const line = Math.min(Math.max(y + dy, 0), height - 1) * width;
      for (const [dx, weightX] of horizontal) {
        sum += weightX * weightY * plane[line + Math.min(Math.max(x + dx, 0), width - 1)]!;
      }
    }
    samples[at] = sum;
  }
}

function taps(step: number, offset: number): [number, number][] {
  if (step === 1) return [[0, 1]];
  return offset === 0 ? [[-1, 0.25], [0, 0.5], [1, 0.25]] : [[0, 0.5], [1, 0.5]];
}
