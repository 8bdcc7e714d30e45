import type { ColorStatistics } from "../image/color_statistics.ts";
import type { AffineColor } from "./affine_color.ts";
import type { BilateralGrid } from "./bilateral_grid.ts";
import { brightnessAt } from "./luma.ts";
import { applyTo, type WeighedCopy } from "./mapped_copies.ts";

/**
 * Share of a photograph's order of light and dark below which maps give way. Three quarters of the
 * pairs that this was chosen on keep more than 0.8.
 */
const ENOUGH = 0.7;

/**
 * Leans maps on one map for the whole picture, as far as they turn light and dark around: networks
 * that find what is pale in the style's dark parts paint it dark, and a flower loses its petals.
 *
 * @param colors of the copies
 * @param whole the map to lean on, one of least transport to the same colors
 * @returns the maps themselves where they keep enough of the order
 */
export function keepBrightness(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
  colors: ColorStatistics,
  whole: AffineColor,
): BilateralGrid {
  const expected = alongOf(whole, colors);
  if (expected <= 0) return grid;
  const share = Math.max(0, 1 - alongOfMaps(grid, copies) / (expected * ENOUGH));
  if (share === 0) return grid;
  return grid.replaceMaps((map) =>
    map.map((value, index) => value + share * (whole[index]! - value))
  );
}

/** Covariance of a photograph's brightness with that of what one map makes of it. */
function alongOf(map: AffineColor, { covariance }: ColorStatistics): number {
  const along = [0, 3, 6].map((row) => brightnessAt(covariance, row));
  return brightnessAt(
    [0, 4, 8].map((row) =>
      along.reduce((sum, part, channel) => sum + map[row + channel]! * part, 0)
    ),
  );
}

/** The same of what the maps make of small copies. */
function alongOfMaps(grid: BilateralGrid, copies: readonly WeighedCopy[]): number {
  let [count, before, after, both] = [1e-9, 0, 0, 0];
  for (const { row, mapped, share, weight } of applyTo(grid, copies)) {
    for (let x = 0, at = 0; at < row.length; x++, at += 3) {
      const counts = weight * (share ? share[x]! : 1);
      const [own, made] = [brightnessAt(row, at), brightnessAt(mapped, at)];
      count += counts;
      before += counts * own;
      after += counts * made;
      both += counts * own * made;
    }
  }
  return (both - before * after / count) / count;
}
