/**
 * Affine maps of colors, RGB from 0 to 1: `M c + b`, as 12 values, a row of M and its part of b for
 * each of red, green and blue.
 *
 * @module
 */

import { LUMA } from "./luma.ts";

/** Values of a map. */
export const MAP_SIZE = 12;

/** A map as 12 values. */
export type AffineColor = Float64Array;

/** The map that leaves colors as they are. */
export function identityColor(): AffineColor {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
}

/** A map from its matrix, 3 × 3 row by row, that takes one color to another. */
export function colorThrough(
  matrix: ArrayLike<number>,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
): AffineColor {
  const map = new Float64Array(MAP_SIZE);
  for (let row = 0; row < 3; row++) {
    let offset = to[row]!;
    for (let column = 0; column < 3; column++) {
      const factor = matrix[3 * row + column]!;
      map[4 * row + column] = factor;
      offset -= factor * from[column]!;
    }
    map[4 * row + 3] = offset;
  }
  return map;
}

/** What a map makes of a color. */
export function mapColor(map: ArrayLike<number>, color: ArrayLike<number>): Float64Array {
  const result = new Float64Array(3);
  for (let row = 0; row < 3; row++) {
    const at = 4 * row;
    result[row] = map[at]! * color[0]! + map[at + 1]! * color[1]! + map[at + 2]! * color[2]! +
      map[at + 3]!;
  }
  return result;
}

/** One map after another. */
export function composeColor(second: ArrayLike<number>, first: ArrayLike<number>): AffineColor {
  const map = new Float64Array(MAP_SIZE);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = column === 3 ? second[4 * row + 3]! : 0;
      for (let inner = 0; inner < 3; inner++) {
        sum += second[4 * row + inner]! * first[4 * inner + column]!;
      }
      map[4 * row + column] = sum;
    }
  }
  return map;
}

/** A map of which a share is taken: 0 leaves colors as they are, 1 is the map, more goes beyond. */
export function weakenColor(map: ArrayLike<number>, share: number): AffineColor {
  const kept = identityColor();
  return kept.map((value, index) => value + share * (map[index]! - value));
}

/** A map that changes brightness as another does, and leaves chroma as it is. */
export function brightnessOf(map: ArrayLike<number>): AffineColor {
  const result = identityColor();
  for (let column = 0; column < 4; column++) {
    let shift = 0;
    for (let row = 0; row < 3; row++) {
      shift += LUMA[row]! * (map[4 * row + column]! - (row === column ? 1 : 0));
    }
    // To shift all three alike leaves the differences of chroma as they are.
    for (let row = 0; row < 3; row++) result[4 * row + column]! += shift;
  }
  return result;
}

/** A map that changes chroma as another does, and leaves brightness as it is. */
export function chromaOf(map: ArrayLike<number>): AffineColor {
  return straightenBrightness(map, { slope: 1, offset: 0 }, 1);
}

/** What becomes of brightness, whatever the color: `slope · brightness + offset`. */
export interface BrightnessLine {
  slope: number;
  offset: number;
}

/**
 * A map that changes chroma as another does, and brightness as a line says.
 *
 * @param share of the line in what becomes of brightness: 0 leaves the map as it is
 */
export function straightenBrightness(
  map: ArrayLike<number>,
  { slope, offset }: BrightnessLine,
  share: number,
): AffineColor {
  const result = Float64Array.from(map);
  for (let column = 0; column < 4; column++) {
    let shift = column === 3 ? offset : slope * LUMA[column]!;
    for (let row = 0; row < 3; row++) shift -= LUMA[row]! * map[4 * row + column]!;
    // To shift all three alike leaves the differences of chroma as they are.
    for (let row = 0; row < 3; row++) result[4 * row + column]! += share * shift;
  }
  return result;
}
