/**
 * Restyled frames that hold still where their contents do.
 *
 * The networks paint each frame anew, and make large changes out of small ones, such as noise. So a
 * frame takes over a share of the one before it, moved as the content has moved, where it shows the
 * same: where the content fits, and where, a few strokes taken together, the colours do.
 *
 * @module
 */

import type { Pixels } from "../../image/pixels.ts";
import { estimateMotion, isOtherScene, type Motion } from "./motion.ts";
import { buildPyramid, type Pyramid } from "./pyramid.ts";

/** Difference of brightness, 0..255, at which little is left of trust in a motion. */
const OTHER_CONTENT = 40;

/** How far apart, in pixels of half the size, patches may have moved that a pixel is in. */
const OTHER_MOTION = 2;

/** Difference of colours, 0..255, at which little is left of trust in what was painted before. */
const OTHER_COLOURS = 120;

/** Pixels of motion, of half the size, across and down, that have one trust. */
const CELL = 2;

/** How often colours are averaged with those of the cells around. */
const SMOOTHING = 2;

/** The most that is taken from a frame of another style: strokes change, too. */
const OTHER_STYLE = 0.75;

/** Side, in pixels, of the squares whose mean colours are those of a changing style at once. */
const GROUND = 32;

/** What steadies the restyled frames of a clip, in the order in which they are shown. */
export interface Steadying {
  /**
   * Looks at the content of the next frame, of the size of the last.
   *
   * @returns whether another scene begins with it
   */
  look(content: Pixels): boolean | Promise<boolean>;
  /**
   * The restyled frame of that content, steadied; what is given may be lost.
   *
   * @param changing whether it is in another style than the frame before it, as in a fade
   */
  steady(stylized: Pixels, changing?: boolean): Pixels | Promise<Pixels>;
}

/** Steadies frames on the thread that asks for it. */
export class Steadier implements Steadying {
  #pyramid: Pyramid | undefined;
  #motion: Motion | undefined;
  /** The last result: red, green and blue, 0..255, not rounded. */
  #result: Float32Array | undefined;
  /** Memory for the next. */
  #spare: Float32Array | undefined;

  /** @param share how much of a frame is taken from the one before it, 0..1, where that fits */
  constructor(private readonly share: number) {}

  look(content: Pixels): boolean {
    const pyramid = buildPyramid(content);
    const motion = this.#pyramid && estimateMotion(pyramid, this.#pyramid);
    const cut = motion !== undefined && isOtherScene(pyramid, motion);
    this.#pyramid = pyramid;
    this.#motion = cut ? undefined : motion;
    return cut;
  }

  steady(stylized: Pixels, changing = false): Pixels {
    const { width, height } = stylized;
    const result = this.#spare ?? new Float32Array(3 * width * height);
    if (this.#result && this.#motion) {
      const share = changing ? Math.min(this.share, OTHER_STYLE) : this.share;
      const trust = trustContent(this.#motion, share);
      move(this.#result, result, stylized, this.#motion, trust);
      if (changing) takeGround(result, stylized);
      trustColours(trust, result, stylized);
      blend(result, stylized, trust);
    } else keep(result, stylized);
    this.#spare = this.#result;
    this.#result = result;
    return stylized;
  }
}

/** A share, 0..1, for each cell. */
interface Trust {
  shares: Float32Array;
  columns: number;
  rows: number;
}

function trustContent({ width, height, mismatch, spread }: Motion, share: number): Trust {
  const [columns, rows] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const doubts = new Float32Array(columns * rows);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / CELL) * columns;
    for (let x = 0; x < width; x++, at++) {
      const cell = row + Math.floor(x / CELL);
      doubts[cell]! += (mismatch[at]! / OTHER_CONTENT) ** 2 + spread[at]! / OTHER_MOTION ** 2;
    }
  }
  const shares = doubts.map((doubt) => share * Math.exp(-doubt / CELL ** 2));
  return { shares, columns, rows };
}

/** Moves a result to where the content has moved. What comes from outside is that of the frame. */
function move(
  before: Float32Array,
  after: Float32Array,
  { data, width, height }: Pixels,
  { width: columns, height: rows, across, down }: Motion,
  trust: Trust,
): void {
  const [horizontal, vertical] = [new Float32Array(4), new Float32Array(4)];
  after.set(before);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const dx = 2 * across[at]!;
      const dy = 2 * down[at]!;
      if (dx === 0 && dy === 0) continue;
      const left = 2 * column + Math.floor(dx);
      const top = 2 * row + Math.floor(dy);
      const inside = left >= 1 && top >= 1 && left < width - 3 && top < height - 3;
      if (!inside) {
        trust.shares[Math.floor(row / CELL) * trust.columns + Math.floor(column / CELL)] = 0;
      }
      cubicWeights(dx - Math.floor(dx), horizontal);
      cubicWeights(dy - Math.floor(dy), vertical);
      const right = Math.min(2, width - 2 * column);
      const bottom = Math.min(2, height - 2 * row);
      for (let y = 0; y < bottom; y++) {
        for (let x = 0; x < right; x++) {
          const pixel = (2 * row + y) * width + 2 * column + x;
          const from = 3 * ((top + y) * width + left + x);
          if (inside) sample(before, from, 3 * width, horizontal, vertical, after, 3 * pixel);
          else {
            after[3 * pixel] = data[4 * pixel]!;
            after[3 * pixel + 1] = data[4 * pixel + 1]!;
            after[3 * pixel + 2] = data[4 * pixel + 2]!;
          }
        }
      }
    }
  }
}

/** Weights of four values in a row for one between the second and the third (Catmull and Rom). */
function cubicWeights(share: number, weights: Float32Array): void {
  weights[0] = ((-0.5 * share + 1) * share - 0.5) * share;
  weights[1] = (1.5 * share - 2.5) * share * share + 1;
  weights[2] = ((-1.5 * share + 2) * share + 0.5) * share;
  weights[3] = (0.5 * share - 0.5) * share * share;
}

function sample(
  before: Float32Array,
  from: number,
  pitch: number,
  horizontal: Float32Array,
  vertical: Float32Array,
  after: Float32Array,
  to: number,
): void {
  const a = horizontal[0]!, b = horizontal[1]!, c = horizontal[2]!, d = horizontal[3]!;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let line = 0, at = from - pitch - 3; line < 4; line++, at += pitch) {
    const weight = vertical[line]!;
    red += weight *
      (a * before[at]! + b * before[at + 3]! + c * before[at + 6]! + d * before[at + 9]!);
    green += weight *
      (a * before[at + 1]! + b * before[at + 4]! + c * before[at + 7]! + d * before[at + 10]!);
    blue += weight *
      (a * before[at + 2]! + b * before[at + 5]! + c * before[at + 8]! + d * before[at + 11]!);
  }
  after[to] = red;
  after[to + 1] = green;
  after[to + 2] = blue;
}

/** Shifts the colours of a moved result so that those of squares are, on the whole, the frame's. */
function takeGround(moved: Float32Array, { data, width, height }: Pixels): void {
  const [columns, rows] = [Math.ceil(width / GROUND), Math.ceil(height / GROUND)];
  const shifts = new Float32Array(3 * columns * rows);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / GROUND);
    const bottom = Math.min(GROUND, height - row * GROUND);
    for (let x = 0; x < width; x++, at++) {
      const column = Math.floor(x / GROUND);
      const area = bottom * Math.min(GROUND, width - column * GROUND);
      const cell = 3 * (row * columns + column);
      for (let channel = 0; channel < 3; channel++) {
        shifts[cell + channel]! += (data[4 * at + channel]! - moved[3 * at + channel]!) / area;
      }
    }
  }
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.min(Math.max((y + 0.5) / GROUND - 0.5, 0), rows - 1);
    const upper = Math.floor(row) * columns;
    const lower = Math.min(rows - 1, Math.floor(row) + 1) * columns;
    const down = row - Math.floor(row);
    for (let x = 0; x < width; x++, at++) {
      const column = Math.min(Math.max((x + 0.5) / GROUND - 0.5, 0), columns - 1);
      const left = Math.floor(column);
      const right = Math.min(columns - 1, left + 1);
      const across = column - left;
      for (let channel = 0; channel < 3; channel++) {
        const above = shifts[3 * (upper + left) + channel]! * (1 - across) +
          shifts[3 * (upper + right) + channel]! * across;
        const below = shifts[3 * (lower + left) + channel]! * (1 - across) +
          shifts[3 * (lower + right) + channel]! * across;
        moved[3 * at + channel]! += above + (below - above) * down;
      }
    }
  }
}

/** Lessens trust where the colours of a moved result are not, on the whole, those of the frame. */
function trustColours({ shares, columns, rows }: Trust, moved: Float32Array, frame: Pixels): void {
  const { data, width, height } = frame;
  const side = 2 * CELL;
  const sums = new Float32Array(3 * columns * rows);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / side) * columns;
    for (let x = 0; x < width; x++, at++) {
      const cell = 3 * (row + Math.floor(x / side));
      sums[cell]! += moved[3 * at]! - data[4 * at]!;
      sums[cell + 1]! += moved[3 * at + 1]! - data[4 * at + 1]!;
      sums[cell + 2]! += moved[3 * at + 2]! - data[4 * at + 2]!;
    }
  }
  const scale = 1 / side ** 2 / OTHER_COLOURS;
  for (let pass = 0; pass < SMOOTHING; pass++) {
    smooth(sums, 3, columns, 3 * columns, rows);
    smooth(sums, 3 * columns, rows, 3, columns);
  }
  for (let cell = 0; cell < shares.length; cell++) {
    const red = Math.abs(sums[3 * cell]!);
    const green = Math.abs(sums[3 * cell + 1]!);
    const blue = Math.abs(sums[3 * cell + 2]!);
    shares[cell]! *= Math.exp(-((Math.max(red, green, blue) * scale) ** 2));
  }
}

/** Averages colours along lines, weighing 1 2 1. */
function smooth(colours: Float32Array, step: number, count: number, pitch: number, lines: number) {
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < 3; channel++) {
      let at = line * pitch + channel;
      let before = colours[at]!;
      for (let index = 0; index < count; index++, at += step) {
        const own = colours[at]!;
        const after = index < count - 1 ? colours[at + step]! : own;
        colours[at] = own / 2 + (before + after) / 4;
        before = own;
      }
    }
  }
}

/** Mixes a moved result into a frame, by shares between those of the cells, and keeps the mixture. */
function blend(
  moved: Float32Array,
  { data, width, height }: Pixels,
  { shares, columns, rows }: Trust,
): void {
  const side = 2 * CELL;
  const line = new Float32Array(columns + 2);
  for (let y = 0, at = 0; y < height; y++) {
    const row = (y + 0.5) / side - 0.5;
    const upper = Math.max(0, Math.floor(row)) * columns;
    const lower = Math.min(rows - 1, Math.floor(row) + 1) * columns;
    const down = row - Math.floor(row);
    for (let column = 0; column < columns; column++) {
      line[column + 1] = shares[upper + column]! * (1 - down) + shares[lower + column]! * down;
    }
    line[0] = line[1]!;
    line[columns + 1] = line[columns]!;
    for (let x = 0; x < width; x++, at++) {
      const column = (x + 0.5) / side + 0.5;
      const left = Math.floor(column);
      const share = line[left]! + (line[left + 1]! - line[left]!) * (column - left);
      for (let channel = 0; channel < 3; channel++) {
        const own = data[4 * at + channel]!;
        const value = own + share * (moved[3 * at + channel]! - own);
        moved[3 * at + channel] = value;
        data[4 * at + channel] = value;
      }
    }
  }
}

/** Keeps a frame as it is. */
function keep(result: Float32Array, { data }: Pixels): void {
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    result[to] = data[from]!;
    result[to + 1] = data[from + 1]!;
    result[to + 2] = data[from + 2]!;
  }
}
