/**
 * Label pictures: each color is a region, and a region of the content goes with that of its color in
 * the style.
 *
 * @module
 */

import { ImageError } from "./image_error.ts";
import type { Pixels } from "./pixels.ts";

/** A region of a content, and that of the style that goes with it. */
export interface LabeledRegion {
  /** White where the region is, of the content's label picture's size. */
  mask: Pixels;
  /** The same in the style's; absent where the style has no such region: all of it counts. */
  styleMask?: Pixels;
}

/** What two label pictures have in common. */
export interface MatchedLabels {
  /** The regions of the content; each of its pixels is in one. */
  regions: LabeledRegion[];
  /** What in one picture goes without a partner in the other, in words. */
  notes: string[];
}

/** Distance of RGB, 0 to 255 each, up to which colors are one label. */
const SAME = 40;

/** Part of a picture below which a region is merged into what is around it. */
const SMALL = 0.005;

/** Part of a label picture that must have one of its labels' colors. */
const PURE = 0.8;

/** The most labels of a picture. */
const MOST = 64;

/**
 * Matches the regions of two label pictures by their colors, with the nearest where one is slightly
 * off.
 *
 * @example Each region of a content in the style of its color's region
 * ```ts
 * import { matchLabels, type Pixels } from "./mod.ts";
 * import type { Region, Stylizer } from "../mod.ts";
 *
 * async function byLabels(stylizer: Stylizer, style: Pixels, labels: [Pixels, Pixels]) {
 *   const regions: Region[] = [];
 *   for (const { mask, styleMask } of matchLabels(...labels).regions) {
 *     const part = styleMask ? { mask: styleMask } : {};
 *     regions.push({ mask, style: await stylizer.encodeStyle(style, part) });
 *   }
 *   return regions;
 * }
 * ```
 *
 * @throws {ImageError} if a picture has too many colors to be one of labels
 */
export function matchLabels(content: Pixels, style: Pixels): MatchedLabels {
  const [own, others] = [findLabels(content, "content"), findLabels(style, "style")];
  const reach = Math.min(SAME, gap(own.colors) / 2, gap(others.colors) / 2);
  const notes: string[] = [];
  const used = new Set<number>();
  const regions = own.colors.map((color, label): LabeledRegion => {
    const mask = maskOf(content, own.labels, label);
    const [nearest, distance] = findNearest(color, others.colors);
    if (distance > reach) {
      notes.push(`the style has no region of the color ${toHex(color)}: all of it is used there`);
      return { mask };
    }
    used.add(nearest);
    return { mask, styleMask: maskOf(style, others.labels, nearest) };
  });
  for (const [label, color] of others.colors.entries()) {
    if (used.has(label)) continue;
    notes.push(`the content has no region of the style's color ${toHex(color)}`);
  }
  return { regions, notes };
}

type Color = readonly [red: number, green: number, blue: number];

/** The labels of a picture, and that of each of its pixels. */
function findLabels(pixels: Pixels, whose: string) {
  const { data } = pixels;
  const count = data.length / 4;
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 4) {
    const key = data[at]! << 16 | data[at + 1]! << 8 | data[at + 2]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // With few colors each is a label, as with numbers for colors; else those around one are its own.
  const radius = counts.size <= MOST ? 0 : SAME;
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  const colors: Color[] = [];
  const shares: number[] = [];
  for (const [key, own] of byCount.slice(0, 4096)) {
    const color: Color = [key >> 16, key >> 8 & 255, key & 255];
    const [nearest, distance] = findNearest(color, colors);
    if (distance <= radius) shares[nearest]! += own / count;
    else if (colors.length < MOST) {
      colors.push(color);
      shares.push(own / count);
    }
  }
  const large = colors.filter((_, label) => shares[label]! >= SMALL);
  const pure = shares.reduce((sum, share) => sum + (share >= SMALL ? share : 0), 0);
  if (large.length === 0 || pure < PURE) {
    throw new ImageError(
      `The ${whose}'s label picture has too many colors: each region must have one of its own`,
    );
  }
  return { colors: large, labels: assign(pixels, large, radius) };
}

/** The label of each pixel: the nearest in color; where none is near, that of what is around it. */
function assign(
  { data, width, height }: Pixels,
  colors: readonly Color[],
  radius: number,
): Uint8Array {
  const known = new Map<number, number>();
  const labels = new Uint8Array(width * height).fill(NONE);
  for (let pixel = 0, at = 0; pixel < labels.length; pixel++, at += 4) {
    const key = data[at]! << 16 | data[at + 1]! << 8 | data[at + 2]!;
    let label = known.get(key);
    if (label === undefined) {
      const [nearest, distance] = findNearest([key >> 16, key >> 8 & 255, key & 255], colors);
      label = distance <= radius ? nearest : NONE;
      known.set(key, label);
    }
    labels[pixel] = label;
  }
  spread(labels, width, height);
  return labels;
}

/** Marks a pixel that has no label yet. */
const NONE = 255;

/** Lets regions grow, pixel by pixel on all sides, over what has no label. */
function spread(labels: Uint8Array, width: number, height: number): void {
  let border: number[] = [];
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (labels[pixel] !== NONE) border.push(pixel);
  }
  while (border.length > 0) {
    const next: number[] = [];
    for (const pixel of border) {
      const x = pixel % width;
      for (
        const [isThere, other] of [
          [x > 0, pixel - 1],
          [x < width - 1, pixel + 1],
          [pixel >= width, pixel - width],
          [pixel < width * (height - 1), pixel + width],
        ] as const
      ) {
        if (!isThere || labels[other] !== NONE) continue;
        labels[other] = labels[pixel]!;
        next.push(other);
      }
    }
    border = next;
  }
}

/** The nearest of some colors, and its distance; infinitely far where there are none. */
function findNearest(color: Color, colors: readonly Color[]): [index: number, distance: number] {
  let [best, distance] = [-1, Infinity];
  for (const [index, other] of colors.entries()) {
    const away = Math.hypot(...color.map((value, channel) => value - other[channel]!));
    if (away < distance) [best, distance] = [index, away];
  }
  return [best, distance];
}

/** The least distance of two of some colors. */
function gap(colors: readonly Color[]): number {
  let least = Infinity;
  for (const [index, color] of colors.entries()) {
    least = Math.min(least, findNearest(color, colors.slice(index + 1))[1]);
  }
  return least;
}

function maskOf({ width, height }: Pixels, labels: Uint8Array, label: number): Pixels {
  const data = new Uint8ClampedArray(4 * labels.length);
  for (let pixel = 0, at = 0; pixel < labels.length; pixel++, at += 4) {
    data.fill(labels[pixel] === label ? 255 : 0, at, at + 3);
    data[at + 3] = 255;
  }
  return { data, width, height };
}

function toHex(color: Color): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
