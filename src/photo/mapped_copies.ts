import { type ColorStatistics, ColorSums } from "../image/color_statistics.ts";
import type { Planes } from "../image/planes.ts";
import type { BilateralGrid } from "./bilateral_grid.ts";
import { RowSlicer } from "./row_slicer.ts";
import { shown, ToneHistogram, type ToneRange } from "./tone_shoulder.ts";

/** A small copy, and what of each of its pixels counts; absent: all of it. */
export interface WeighedCopy {
  source: Planes;
  share: Float32Array | undefined;
  /** How much all of it counts. */
  weight: number;
}

/** Mean and covariance of the colors of small copies. */
export function colorsOf(copies: readonly WeighedCopy[]): ColorStatistics {
  const sums = new ColorSums();
  for (const { source: { data, width, height }, share, weight } of copies) {
    const size = width * height;
    for (let pixel = 0; pixel < size; pixel++) {
      const counts = weight * (share ? share[pixel]! : 1);
      sums.add(data[pixel]!, data[pixel + size]!, data[pixel + 2 * size]!, counts);
    }
  }
  return sums.statistics();
}

/**
 * Mean and covariance of what maps make of small copies.
 *
 * @param range that is bent back to 0..1; absent: as the maps make them
 */
export function resultColors(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
  range?: ToneRange,
): ColorStatistics {
  const fit = (value: number) => range ? shown(value, range) : value;
  const sums = new ColorSums();
  for (const { mapped, share, weight } of applyTo(grid, copies)) {
    for (let x = 0, at = 0; at < mapped.length; x++, at += 3) {
      const counts = weight * (share ? share[x]! : 1);
      sums.add(fit(mapped[at]!), fit(mapped[at + 1]!), fit(mapped[at + 2]!), counts);
    }
  }
  return sums.statistics();
}

/** The range of what maps make of the pixels that are mostly theirs. */
export function rangeOf(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
): ToneRange {
  const histogram = new ToneHistogram();
  for (const { mapped, share } of applyTo(grid, copies)) {
    for (let x = 0, at = 0; at < mapped.length; x++, at += 3) {
      if (share && share[x]! < 0.5) continue;
      for (let channel = 0; channel < 3; channel++) histogram.add(mapped[at + channel]!);
    }
  }
  return histogram.range();
}

/** What maps make of a row of a small copy. */
export interface MappedRow {
  /** The colors of the copy, 3 values a pixel. */
  row: Float32Array;
  /** What becomes of them. */
  mapped: Float32Array;
  /** What of each pixel counts; absent: all of it. */
  share: Float32Array | undefined;
  /** How much the copy counts. */
  weight: number;
}

/** What maps make of small copies, row by row, in arrays that the next row is written to. */
export function* applyTo(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
): Generator<MappedRow> {
  for (const { source: { data, width, height }, share, weight } of copies) {
    const slicer = new RowSlicer(grid, width, height);
    const [row, mapped] = [new Float32Array(3 * width), new Float32Array(3 * width)];
    for (let y = 0; y < height; y++) {
      fillRow(row, data, y * width, width * height);
      slicer.slice(y, row, mapped);
      yield { row, mapped, share: share?.subarray(y * width, (y + 1) * width), weight };
    }
  }
}

/** Copies colors from planes to a row, 3 values a pixel. */
export function fillRow(row: Float32Array, planes: Float32Array, from: number, size: number): void {
  for (let x = 0, at = 0; at < row.length; x++, at += 3) {
    row[at] = planes[from + x]!;
    row[at + 1] = planes[from + x + size]!;
    row[at + 2] = planes[from + x + 2 * size]!;
  }
}
