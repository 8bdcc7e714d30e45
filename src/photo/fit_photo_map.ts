import { type ColorStatistics, mixColorStatistics } from "../image/color_statistics.ts";
import type { Planes } from "../image/planes.ts";
import {
  type BrightnessLine,
  brightnessOf,
  chromaOf,
  composeColor,
  straightenBrightness,
  weakenColor,
} from "./affine_color.ts";
import { type BilateralGrid, gridShape } from "./bilateral_grid.ts";
import { type FittedGrid, GridSums } from "./grid_sums.ts";
import { keepBrightness } from "./keep_brightness.ts";
import { brightnessAt } from "./luma.ts";
import {
  applyTo,
  colorsOf,
  fillRow,
  rangeOf,
  resultColors,
  type WeighedCopy,
} from "./mapped_copies.ts";
import { mongeKantorovich } from "./monge_kantorovich.ts";
import { PhotoMap, type RegionMap } from "./photo_map.ts";
import { RegionWeights } from "./region_weights.ts";
import { boundSlopes } from "./slope_bound.ts";
import { shown } from "./tone_shoulder.ts";

/** What a photograph is to take on, and how much. */
export interface PhotoSettings {
  /** Strength: 0 leaves the photograph as it is, 1 is all of it, up to 1.5 beyond. */
  alpha: number;
  /** Changes brightness only. */
  preserveColor?: "none" | "luminance";
  /** Changes chroma only. */
  colorOnly?: boolean;
}

/** A part of a photograph. */
export interface PhotoRegion {
  /** A value from 0 to 1 for each pixel of the small copies; absent: it is all of them. */
  mask?: Float32Array;
  /** What it takes on, with its colors where those are known; absent: it stays as it is. */
  style?: { colors?: ColorStatistics };
}

/** A small copy of a photograph, or of a frame of a clip, and what is to become of it. */
export interface PhotoPair {
  source: Planes;
  /** What the networks made of it; of its size. */
  target: Planes;
  /** Opacity of its pixels, 0 to 1; absent where all are opaque. */
  opacity?: Float32Array | undefined;
}

/** Small copies that are kept to see what the maps make of them. */
const KEPT = 8;

/** A small copy, and what of each of its pixels is in each region. */
interface Copy {
  source: Planes;
  /** Absent: all of it. */
  shares: readonly (Float32Array | undefined)[];
  opacity: Float32Array | undefined;
  weight: number;
}

/**
 * Finds the map of a photograph from a small copy and what the networks made of that. What the maps
 * give is then brought to the mean and covariance of the style's colors.
 */
export class PhotoFit {
  readonly #sums: readonly GridSums[];
  readonly #total: GridSums;
  readonly #copies: Copy[] = [];
  #weights: RegionWeights | undefined;
  /** Copies that were added. */
  #count = 0;

  /**
   * @param regions one without a mask, or some whose masks sum to 1 in each pixel
   * @param width of the small copies, in pixels
   * @param height of the small copies, in pixels
   */
  constructor(readonly regions: readonly PhotoRegion[], width: number, height: number) {
    const shape = gridShape(width, height);
    this.#sums = regions.map(() => new GridSums(shape));
    this.#total = new GridSums(shape);
  }

  /**
   * Adds a small copy.
   *
   * @param weight how much it counts: frames of a clip that it stands for, say
   */
  add({ source, target, opacity }: PhotoPair, weight = 1): void {
    this.#count++;
    const shares = this.#share(source).map((share) => product(share, opacity));
    for (const [region, sums] of this.#sums.entries()) {
      sums.add(source, target, shares[region], weight);
    }
    if (this.#sums.length > 1) this.#total.add(source, target, opacity, weight);
    const copies = this.#copies;
    copies.push({ source, shares, opacity, weight });
    if (copies.length <= KEPT) return;
    // The one that counts least, and the oldest of those.
    const least = copies.reduce((least, copy) => copy.weight < least.weight ? copy : least);
    copies.splice(copies.indexOf(least), 1);
  }

  /** The map that fits what was added. */
  solve(settings: PhotoSettings): PhotoMap {
    const lines = this.#brightnessLines();
    const maps = this.regions.map((region, index): RegionMap => {
      if (!region.style) return { range: { low: 0, high: 1 } };
      const copies = this.#copiesOf(index);
      const { colors } = region.style;
      return finish(this.#sums[index]!.solve(), copies, colors, {
        ...settings,
        line: lines[index],
      });
    });
    return new PhotoMap(maps, this.#weights, () => this.#solveGlobal(settings));
  }

  #copiesOf(region: number): WeighedCopy[] {
    return this.#copies.map(({ shares, ...copy }) => ({ ...copy, share: shares[region] }));
  }

  /**
   * What becomes of the brightness of each region: its mean that of the style's region, its contrast
   * changed as in the others, as an exposure does. Were each region to take on the contrast of its
   * style, what is drawn in a dark one would be crushed, and the edges between two fade.
   *
   * @returns nothing for a picture of one region, or where the colors of a style are not known
   */
  #brightnessLines(): (BrightnessLine | undefined)[] {
    if (this.regions.length === 1) return [];
    const sizes = this.#sums.map(({ count }) => count);
    const styles = this.regions.map(({ style }) => style?.colors);
    const contents = styles.map((style, region) => style && colorsOf(this.#copiesOf(region)));
    const [from, to] = [mixColorStatistics(contents, sizes), mixColorStatistics(styles, sizes)];
    if (!from || !to) return [];
    const slope = Math.min(1, Math.sqrt(brightness(to).variance / brightness(from).variance));
    return styles.map((style, region) => {
      const content = contents[region];
      if (!style || !content) return undefined;
      return { slope, offset: brightness(style).mean - slope * brightness(content).mean };
    });
  }

  /** The map of the whole picture, toward the colors of all regions by their size. */
  #solveGlobal(settings: PhotoSettings): RegionMap {
    const [first] = this.#sums;
    const total = this.#sums.length > 1 ? this.#total : first!;
    const copies = this.#copies.map(({ opacity, ...copy }) => ({ ...copy, share: opacity }));
    const sizes = this.#sums.map(({ count }) => count);
    const colors = mixColorStatistics(this.regions.map(({ style }) => style?.colors), sizes);
    // A table of few steps holds what is straight, not what a strong shoulder bends.
    return finish(total.solveGlobal(), copies, colors, { ...settings, twice: false });
  }

  /** Soft masks of the regions in a small copy. */
  #share(source: Planes): readonly (Float32Array | undefined)[] {
    if (this.regions.length === 1) return [undefined];
    const { width, height, data } = source;
    const size = width * height;
    const masks = this.regions.map(({ mask }) => mask!);
    const weights = RegionWeights.of(source, masks);
    // In a clip, what moves is not where it was: its edges lead the borders as long as it stays.
    this.#weights = this.#weights?.blend(weights, 1 / this.#count) ?? weights;
    const rows = weights.rows(width, height);
    const shares = masks.map(() => new Float32Array(size));
    const row = new Float32Array(3 * width);
    for (let y = 0; y < height; y++) {
      const [from, to] = [y * width, (y + 1) * width];
      fillRow(row, data, from, size);
      rows.find(y, row, shares.map((share) => share.subarray(from, to)));
    }
    return shares;
  }
}

/** Mean and variance of the brightness of colors. */
function brightness({ mean, covariance }: ColorStatistics): { mean: number; variance: number } {
  const variance = brightnessAt([0, 3, 6].map((row) => brightnessAt(covariance, row)));
  return { mean: brightnessAt(mean), variance: Math.max(LEAST_VARIANCE, variance) };
}

/** That of a picture that is all but flat. */
const LEAST_VARIANCE = (2 / 255) ** 2;

/** Brings fitted maps to the style's colors, bounds them, and takes of them what is asked for. */
function finish(
  fitted: FittedGrid,
  copies: readonly WeighedCopy[],
  colors: ColorStatistics | undefined,
  { alpha, preserveColor = "none", colorOnly = false, line, twice = !line }:
    & PhotoSettings
    & { line?: BrightnessLine | undefined; twice?: boolean },
): RegionMap {
  let { grid } = fitted;
  const boundTo = (next: BilateralGrid) => boundSlopes({ ...fitted, grid: next });
  if (colors) {
    const moveFrom = (from: ColorStatistics, most?: number) => {
      const move = mongeKantorovich(from, colors, most);
      grid = grid.replaceMaps((map) => composeColor(move, map));
    };
    moveFrom(resultColors(grid, copies));
    // The brightness of a region is a line anyway.
    if (!line) {
      const own = colorsOf(copies);
      const kept = keepBrightness(grid, copies, own, mongeKantorovich(own, colors));
      if (kept !== grid) {
        grid = kept;
        moveFrom(resultColors(grid, copies));
      }
    }
    grid = boundTo(grid);
    if (twice) {
      // Bounds and shoulders have taken some of the way.
      moveFrom(resultColors(grid, copies, rangeOf(grid, copies)), MOST_MORE);
      grid = boundTo(grid);
    }
  } else grid = boundTo(grid);
  if (colors && line) {
    const straightened = grid.replaceMaps((map) => straightenBrightness(map, line, STRAIGHT));
    // What is dark of a whole picture would be crushed for its mean; a region is known by its mean.
    grid = centerOn(straightened, copies, colors.mean);
  }
  grid = grid.replaceMaps((map) => {
    let changed: ArrayLike<number> = map;
    if (colorOnly) changed = chromaOf(changed);
    else if (preserveColor === "luminance") changed = brightnessOf(changed);
    return weakenColor(changed, alpha);
  });
  return { grid, range: rangeOf(grid, copies) };
}

/**
 * The most that contrast is raised by once more: where bounds hold one part of a picture back, all
 * that is missing of a color would else come from another.
 */
const MOST_MORE = 1.1;

/** Share of a region's brightness that is the same line everywhere in it. */
const STRAIGHT = 0.85;

/**
 * How often maps are shifted to a mean color. A style that is black cannot be met but by black: some
 * of what is drawn in a dark region stays.
 */
const ROUNDS = 2;

/** Shifts maps so that what they make nears a mean color, after what is out of range is bent back. */
function centerOn(
  grid: BilateralGrid,
  copies: readonly WeighedCopy[],
  mean: ArrayLike<number>,
): BilateralGrid {
  for (let round = 0; round < ROUNDS; round++) {
    const range = rangeOf(grid, copies);
    const sums = [0, 0, 0];
    let count = 1e-9;
    for (const { mapped, share, weight } of applyTo(grid, copies)) {
      for (let x = 0, at = 0; at < mapped.length; x++, at += 3) {
        const counts = weight * (share ? share[x]! : 1);
        count += counts;
        for (let channel = 0; channel < 3; channel++) {
          sums[channel]! += counts * shown(mapped[at + channel]!, range);
        }
      }
    }
    const shift = sums.map((sum, channel) => mean[channel]! - sum / count);
    grid = grid.replaceMaps((map) =>
      map.map((value, at) => at % 4 === 3 ? value + shift[(at - 3) / 4]! : value)
    );
  }
  return grid;
}

function product(a: Float32Array | undefined, b: Float32Array | undefined) {
  return a && b ? a.map((value, index) => value * b[index]!) : a ?? b;
}
