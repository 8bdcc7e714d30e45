/**
 * How a picture has moved since the one before it, by dense inverse search (Kroeger et al., "Fast
 * Optical Flow using Dense Inverse Search", ECCV 2016) at half of its size: patches are searched
 * for from coarse to fine, and each pixel moves as the patches that it is in, by how well they fit.
 *
 * @module
 */

import { PATCH, PatchSearch, place } from "./patch_search.ts";
import { PAD, type Plane, type Pyramid } from "./pyramid.ts";

/** Where each pixel of a picture of half the size was in the picture before it. */
export interface Motion {
  /** In pixels, of half the size. */
  width: number;
  height: number;
  /** Distance to where a pixel was, in pixels of half the size: to the right, and down. */
  across: Float32Array;
  down: Float32Array;
  /** How much brighter or darker it is than there, 0..255. */
  mismatch: Float32Array;
  /** How far apart the patches that it is in have moved: variance, in square pixels. */
  spread: Float32Array;
}

/** From a patch to the next, in pixels. */
const STEP = 5;

/**
 * What is left when motion is taken away, by what the picture is made of: in a scene up to 0.3, in
 * one of every third frame up to 0.7, between pictures that have nothing in common from 0.7.
 */
const OTHER_SCENE = 0.65;

/** Difference of brightness, 0..255, as noise makes it. */
const NOISE = 2;

/** How a picture has moved since the one before it, of the same size. */
export function estimateMotion(current: Pyramid, before: Pyramid): Motion {
  let motion: Motion | undefined;
  for (let level = current.length - 1; level >= 0; level--) {
    motion = refine(current[level]!, before[level]!, motion);
  }
  return motion!;
}

/** Whether a picture shows another scene than the one before it: no motion makes it of that. */
export function isOtherScene([finest]: Pyramid, { mismatch }: Motion): boolean {
  const { values, width, height, pitch } = finest!;
  let [sum, sumOfMismatch] = [0, 0];
  for (const value of mismatch) sumOfMismatch += value;
  for (let y = 0; y < height; y++) {
    const row = (y + PAD) * pitch + PAD;
    for (let x = 0; x < width; x++) sum += values[row + x]!;
  }
  const mean = sum / mismatch.length;
  let contrast = 0;
  for (let y = 0; y < height; y++) {
    const row = (y + PAD) * pitch + PAD;
    for (let x = 0; x < width; x++) contrast += Math.abs(values[row + x]! - mean);
  }
  return sumOfMismatch > OTHER_SCENE * contrast && sumOfMismatch > 3 * NOISE * mismatch.length;
}

/** Motion at a level, beginning with that of the level above it. */
function refine(current: Plane, before: Plane, coarse: Motion | undefined): Motion {
  const { width, height } = current;
  const search = new PatchSearch(current, before);
  const columns = Math.ceil(Math.max(0, width - PATCH) / STEP) + 1;
  const rows = Math.ceil(Math.max(0, height - PATCH) / STEP) + 1;
  const sums = new MotionSums(current, before);
  const [across, down] = [new Float32Array(columns * rows), new Float32Array(columns * rows)];
  for (let row = 0, at = 0; row < rows; row++) {
    const top = Math.min(row * STEP, Math.max(0, height - PATCH));
    for (let column = 0; column < columns; column++, at++) {
      const left = Math.min(column * STEP, Math.max(0, width - PATCH));
      search.begin(left, top);
      if (coarse) {
        const x = Math.min((left + PATCH / 2) >> 1, coarse.width - 1);
        const y = Math.min((top + PATCH / 2) >> 1, coarse.height - 1);
        const from = y * coarse.width + x;
        search.startFrom(2 * coarse.across[from]!, 2 * coarse.down[from]!);
        search.tryFrom(0, 0);
      }
      if (column > 0) search.tryFrom(across[at - 1]!, down[at - 1]!);
      if (row > 0) search.tryFrom(across[at - columns]!, down[at - columns]!);
      search.descend();
      across[at] = search.across;
      down[at] = search.down;
      sums.add(left, top, search.across, search.down);
    }
  }
  return sums.toMotion();
}

/** Sums of the motion of the patches that a pixel is in, by how well it fits. */
class MotionSums {
  #across: Float32Array;
  #down: Float32Array;
  #weight: Float32Array;
  #squares: Float32Array;

  constructor(private readonly current: Plane, private readonly before: Plane) {
    const area = current.width * current.height;
    this.#across = new Float32Array(area);
    this.#down = new Float32Array(area);
    this.#weight = new Float32Array(area);
    this.#squares = new Float32Array(area);
  }

  add(left: number, top: number, across: number, down: number): void {
    const { values, width, height, pitch } = this.current;
    const there = this.before.values;
    const { first, a, b, c, d } = place(this.before, left + across, top + down);
    const square = across * across + down * down;
    const [lines, columns] = [Math.min(PATCH, height - top), Math.min(PATCH, width - left)];
    for (let line = 0; line < lines; line++) {
      let from = first + line * pitch;
      let own = (top + line + PAD) * pitch + left + PAD;
      let at = (top + line) * width + left;
      for (const end = at + columns; at < end; at++, from++, own++) {
        const difference = a * there[from]! + b * there[from + 1]! +
          c * there[from + pitch]! + d * there[from + pitch + 1]! - values[own]!;
        const weight = 1 / (NOISE ** 2 + difference ** 2);
        this.#across[at]! += weight * across;
        this.#down[at]! += weight * down;
        this.#weight[at]! += weight;
        this.#squares[at]! += weight * square;
      }
    }
  }

  toMotion(): Motion {
    const { values, width, height, pitch } = this.current;
    const there = this.before.values;
    const [across, down] = [this.#across, this.#down];
    const [mismatch, spread] = [this.#weight, this.#squares];
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const weight = this.#weight[at]!;
        across[at]! /= weight;
        down[at]! /= weight;
        spread[at] = spread[at]! / weight - across[at]! ** 2 - down[at]! ** 2;
        const { first, a, b, c, d } = place(this.before, x + across[at]!, y + down[at]!);
        const value = a * there[first]! + b * there[first + 1]! +
          c * there[first + pitch]! + d * there[first + pitch + 1]!;
        mismatch[at] = Math.abs(value - values[(y + PAD) * pitch + x + PAD]!);
      }
    }
    return { width, height, across, down, mismatch, spread };
  }
}
