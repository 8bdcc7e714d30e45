/**
 * A picture at the size of each pass: scale 0 is the picture itself, scale 1 half its size, and so
 * on. A pass is painted over the enlarged result of the coarser pass before it.
 *
 * Nothing is kept of the smaller pictures: they are made of the picture's own samples, area by area.
 *
 * @module
 */

import type { Area, Pixels, Samples } from "../image/pixels.ts";
import { type Planes, toPlanes } from "../image/planes.ts";

/**
 * How broad the strokes are: the passes that a picture is painted in, of which each but the last is
 * at half the size of the next.
 */
export const BRUSHES = { fine: 1, medium: 2, broad: 3 } as const;

/** One of {@linkcode BRUSHES}. */
export type Brush = keyof typeof BRUSHES;

/** Three passes paint in larger strokes than two, and pay with the content. */
export const DEFAULT_BRUSH: Brush = "medium";

/** Short side below which a pass is not worth it, in pixels. */
const SMALLEST_SIDE = 96;

/** Passes for a picture: fewer than the brush has where a coarser pass would see too little. */
export function passCount(width: number, height: number, brush: Brush): number {
  let passes = 1;
  let side = Math.min(width, height);
  while (passes < BRUSHES[brush] && side >= 2 * SMALLEST_SIDE) {
    side /= 2;
    passes++;
  }
  return passes;
}

/** A side of a picture at a scale, in pixels. */
export function sideAt(scale: number, side: number): number {
  return scale === 0 ? side : Math.ceil(sideAt(scale - 1, side) / 2);
}

/** Rows of a smaller picture that are made at a time, so that few larger ones are in memory. */
const STRIP = 32;

/**
 * An area of a picture at a scale: means of 2 × 2 pixels of the scale before. Where a side is odd,
 * the last row or column counts twice.
 *
 * @param area in pixels of that scale
 */
export function planesAt(scale: number, pixels: Pixels<Samples>, area: Area): Planes {
  if (scale === 0) return toPlanes(pixels, area);
  const { width, height } = area;
  const data = new Float32Array(3 * width * height);
  const limits = {
    width: sideAt(scale - 1, pixels.width),
    height: sideAt(scale - 1, pixels.height),
  };
  for (let row = 0; row < height; row += STRIP) {
    const rows = Math.min(STRIP, height - row);
    const [left, top] = [2 * area.left, 2 * (area.top + row)];
    const larger = planesAt(scale - 1, pixels, {
      left,
      top,
      width: Math.min(2 * width, limits.width - left),
      height: Math.min(2 * rows, limits.height - top),
    });
    for (let channel = 0; channel < 3; channel++) {
      const from = channel * larger.width * larger.height;
      for (let y = 0; y < rows; y++) {
        const upper = from + 2 * y * larger.width;
        const lower = 2 * y + 1 < larger.height ? upper + larger.width : upper;
        const to = (channel * height + row + y) * width;
        for (let x = 0; x < width; x++) {
          const first = 2 * x;
          const second = first + 1 < larger.width ? first + 1 : first;
          const above = larger.data[upper + first]! + larger.data[upper + second]!;
          const below = larger.data[lower + first]! + larger.data[lower + second]!;
          data[to + x] = (above + below) / 4;
        }
      }
    }
  }
  return { data, width, height };
}

/**
 * An area of a picture enlarged to twice its size, bilinearly.
 *
 * @param area in pixels of the enlarged picture
 */
export function enlarge(planes: Planes, area: Area): Planes {
  const { width, height } = area;
  const data = new Float32Array(3 * width * height);
  const columns = neighbors(area.left, width, planes.width);
  const rows = neighbors(area.top, height, planes.height);
  const line = new Float64Array(planes.width);
  for (let channel = 0, to = 0; channel < 3; channel++) {
    const from = channel * planes.width * planes.height;
    for (let y = 0; y < height; y++) {
      const near = from + rows.near[y]! * planes.width;
      const far = from + rows.far[y]! * planes.width;
      for (let x = 0; x < line.length; x++) {
        line[x] = 0.75 * planes.data[near + x]! + 0.25 * planes.data[far + x]!;
      }
      for (let x = 0; x < width; x++, to++) {
        data[to] = 0.75 * line[columns.near[x]!]! + 0.25 * line[columns.far[x]!]!;
      }
    }
  }
  return { data, width, height };
}

/** For each pixel of an enlarged line: the pixel that it lies in, and the nearest other. */
function neighbors(start: number, length: number, limit: number) {
  const near = new Int32Array(length);
  const far = new Int32Array(length);
  for (let index = 0; index < length; index++) {
    const at = start + index;
    near[index] = at >> 1;
    far[index] = Math.min(limit - 1, Math.max(0, (at >> 1) + (at % 2 === 0 ? -1 : 1)));
  }
  return { near, far };
}
