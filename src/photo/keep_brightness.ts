import { type AffineColor, mapColor } from "./affine_color.ts";
import type { BilateralGrid } from "./bilateral_grid.ts";
import { applyTo, type WeighedCopy } from "./copies.ts";
import { brightnessAt } from "./luma.ts";

/**
 * Share of a photograph's order of light and dark below which maps give way. Three quarters of the
 * pairs that this was chosen on keep more than 0.8.
 */
const ENOUGH = 0.7;

/**
 * Leans maps on one map for the whole picture, as far as they turn light and dark around: networks
 * that find what is pale in the style's dark parts paint it dark, and a flower loses its petals.
 *
 * @param whole the map to lean on, one of least transport to the same colors
 * @returns the maps themselves where they keep enough of the order
 */
export function keepBrightness(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
  whole: AffineColor,
): BilateralGrid {
  const share = Math.max(0, 1 - keptOrder(grid, copies, whole) / ENOUGH);
  if (share === 0) return grid;
  return grid.replaceMaps((map) =>
    map.map((value, index) => value + share * (whole[index]! - value))
  );
}

/**
 * How much brightness goes along with the photograph's, as a share of how much it does by one map
 * for the whole picture: the quotient of the two covariances with the photograph's brightness.
 */
function keptOrder(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
  whole: AffineColor,
): number {
  let [count, before, after, once, together, withOnce] = [1e-9, 0, 0, 0, 0, 0];
  for (const { row, mapped, share, weight } of applyTo(grid, copies)) {
    for (let x = 0, at = 0; at < row.length; x++, at += 3) {
      const counts = weight * (share ? share[x]! : 1);
      const own = brightnessAt(row, at);
      const local = brightnessAt(mapped, at);
      const global = brightnessAt(mapColor(whole, row.subarray(at, at + 3)));
      count += counts;
      before += counts * own;
      after += counts * local;
      once += counts * global;
      together += counts * own * local;
      withOnce += counts * own * global;
    }
  }
  const expected = withOnce - before * once / count;
  return expected > 0 ? (together - before * after / count) / expected : 1;
}
