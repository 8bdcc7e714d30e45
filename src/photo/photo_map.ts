import { blankLike, maxValue, type Pixels, type Samples } from "../image/pixels.ts";
import { yieldToEventLoop } from "../util/event_loop.ts";
import type { BilateralGrid } from "./bilateral_grid.ts";
import { DITHER, DITHER_SIDE } from "./dither.ts";
import { Lut3d } from "./lut/lut_3d.ts";
import type { RegionWeights } from "./region_weights.ts";
import { RowSlicer } from "./row_slicer.ts";
import { applyShoulder, type ToneRange } from "./tone_shoulder.ts";

/** Color maps of a region, and the range of what they make. */
export interface RegionMap {
  /** Absent: the region stays as it is. */
  grid?: BilateralGrid;
  range: ToneRange;
}

/** Settings of {@linkcode PhotoMap.apply}. */
export interface ApplyOptions {
  /** The result takes the memory of the picture, which is lost. */
  inPlace?: boolean;
  /** Gives up before the next rows. */
  signal?: AbortSignal;
  /** Told now and then which share of the work is done, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Pixels that are worked on between two turns of the event loop. */
const PIXELS_A_TURN = 2 ** 20;

/**
 * What becomes of a photograph's colors, by place and brightness. It was found on a small copy, and
 * is applied to the photograph at any size: it changes colors, and cannot move or paint anything.
 *
 * @example Two sizes of one photograph
 * ```ts
 * import { type Pixels, Stylizer, type StyleStatistics } from "../mod.ts";
 *
 * async function both(stylizer: Stylizer, sizes: [Pixels, Pixels], style: StyleStatistics) {
 *   const map = await stylizer.fitPhoto(sizes[0], [{ style }]);
 *   return [await map.apply(sizes[0]), await map.apply(sizes[1])];
 * }
 * ```
 */
export class PhotoMap {
  /**
   * Makes a map of what was fitted.
   *
   * @internal
   */
  constructor(
    /**
     * Maps of the regions.
     *
     * @internal
     */
    readonly regions: readonly RegionMap[],
    /**
     * Where the regions are; absent where there is one.
     *
     * @internal
     */
    readonly weights: RegionWeights | undefined,
    /**
     * Finds the map of the whole picture, the same everywhere.
     *
     * @internal
     */
    readonly global: () => RegionMap,
  ) {}

  /** The map that leaves every color as it is. */
  static identity(): PhotoMap {
    const unchanged: RegionMap = { range: { low: 0, high: 1 } };
    return new PhotoMap([unchanged], undefined, () => unchanged);
  }

  /**
   * Applies the map to a picture: the photograph that it was found for, at any size, or a frame of
   * the same clip. The result has the picture's size, transparency and bits a channel.
   */
  async apply<S extends Samples>(
    pixels: Pixels<S>,
    { inPlace = false, signal, onProgress }: ApplyOptions = {},
  ): Promise<Pixels<S>> {
    const { width, height } = pixels;
    const data = inPlace ? pixels.data : blankLike(pixels.data, pixels.data.length);
    const result = { data, width, height };
    const rows = new RowMapper(this, width, height);
    const rowsATurn = Math.max(1, Math.floor(PIXELS_A_TURN / width));
    for (let y = 0; y < height; y++) {
      if (y > 0 && y % rowsATurn === 0) {
        await yieldToEventLoop();
        signal?.throwIfAborted();
        onProgress?.(y / height);
      }
      rows.map(y, pixels, result);
    }
    onProgress?.(1);
    return result;
  }

  /**
   * A map between this and another of as many regions, so that those of a clip can change slowly.
   *
   * @param share 0 is this map, 1 the other
   */
  blend(other: PhotoMap, share: number): PhotoMap {
    const regions = this.regions.map((region, index) =>
      blendRegions(region, other.regions[index]!, share)
    );
    const weights = this.weights && other.weights && this.weights.blend(other.weights, share);
    return new PhotoMap(regions, weights, other.global);
  }

  /** The part that is the same everywhere, as a map. */
  globalPart(): PhotoMap {
    return new PhotoMap([this.global()], undefined, this.global);
  }

  /**
   * The part that is the same everywhere, as a lookup table for other programs.
   *
   * @param size of a side of the table, 2 to 129
   */
  toLut(size = 33): Lut3d {
    const global = this.global();
    const step = 1 / (size - 1);
    const nodes = tabulate(global, size, 0, step);
    // Chords of a curve lie on one side of it. Nodes that give way by half of what is missing halfway
    // along the diagonal, the way from black to white, leave half as much on either side.
    const middles = tabulate(global, size - 1, step / 2, step);
    const values = nodes.slice();
    const next = 3 * (1 + size + size ** 2);
    for (let index = 0; index < middles.length; index++) {
      const cell = Math.floor(index / 3);
      const [red, line] = [cell % (size - 1), Math.floor(cell / (size - 1))];
      const [green, blue] = [line % (size - 1), Math.floor(line / (size - 1))];
      const at = 3 * (red + size * (green + size * blue)) + index % 3;
      const missing = middles[index]! - (nodes[at]! + nodes[at + next]!) / 2;
      values[at]! += missing / 4;
      values[at + next]! += missing / 4;
    }
    return new Lut3d(size, values);
  }
}

/** What a map makes of `count`³ colors, red fastest, the first of which is black but for an offset. */
function tabulate(map: RegionMap, count: number, offset: number, step: number): Float32Array {
  const slicer = map.grid && new RowSlicer(map.grid, count, 1);
  const values = new Float32Array(3 * count ** 3);
  const [source, target] = [new Float32Array(3 * count), new Float32Array(3 * count)];
  for (let line = 0; line < count ** 2; line++) {
    for (let red = 0; red < count; red++) {
      const green = line % count;
      const blue = Math.floor(line / count);
      source.set([red, green, blue].map((index) => offset + index * step), 3 * red);
    }
    if (slicer) slicer.slice(0, source, target);
    else target.set(source);
    // Not cut to 0..1: interpolation would bend beside the cut.
    values.set(target.map((value) => applyShoulder(value, map.range)), 3 * count * line);
  }
  return values;
}

function blendRegions(from: RegionMap, to: RegionMap, share: number): RegionMap {
  if (!from.grid || !to.grid) return to;
  const mix = (a: number, b: number) => a + share * (b - a);
  const others = to.grid.maps;
  const grid = from.grid.replaceMaps((map, cell) =>
    map.map((value, at) => mix(value, others[cell * map.length + at]!))
  );
  const { low, high } = from.range;
  return { grid, range: { low: mix(low, to.range.low), high: mix(high, to.range.high) } };
}

/** Applies a map to the rows of pictures of one size. */
class RowMapper {
  readonly #slicers: readonly (RowSlicer | undefined)[];
  readonly #ranges: readonly ToneRange[];
  readonly #shares: readonly Float32Array[];
  readonly #findShares?: (y: number, source: Float32Array) => void;
  readonly #source: Float32Array;
  readonly #target: Float32Array;
  /** Of regions, one after another. */
  readonly #part: Float32Array;

  constructor({ regions, weights }: PhotoMap, readonly width: number, height: number) {
    this.#slicers = regions.map(({ grid }) => grid && new RowSlicer(grid, width, height));
    this.#ranges = regions.map(({ range }) => range);
    this.#source = new Float32Array(3 * width);
    this.#target = new Float32Array(3 * width);
    this.#part = new Float32Array(weights ? 3 * width : 0);
    this.#shares = weights ? regions.map(() => new Float32Array(width)) : [];
    if (weights) {
      const rows = weights.rows(width, height);
      this.#findShares = (y, source) => rows.find(y, source, this.#shares);
    }
  }

  map<S extends Samples>(y: number, { data }: Pixels<S>, result: Pixels<S>): void {
    const from = 4 * y * this.width;
    const [source, target] = [this.#source, this.#target];
    const unit = 1 / maxValue(data);
    for (let index = 0, at = from; index < source.length; index += 3, at += 4) {
      source[index] = unit * data[at]!;
      source[index + 1] = unit * data[at + 1]!;
      source[index + 2] = unit * data[at + 2]!;
    }
    if (this.#findShares) {
      this.#findShares(y, source);
      this.#mix(y);
    } else this.#mapRegion(0, y, target);
    quantizeRow(target, data, result.data, from, y);
  }

  /** Maps the row in each region, and adds up what its shares say. */
  #mix(y: number): void {
    const [target, part] = [this.#target, this.#part];
    target.fill(0);
    for (const [region, share] of this.#shares.entries()) {
      if (share.every((value) => value === 0)) continue;
      this.#mapRegion(region, y, part);
      for (let x = 0, at = 0; x < share.length; x++, at += 3) {
        const weight = share[x]!;
        target[at]! += weight * part[at]!;
        target[at + 1]! += weight * part[at + 1]!;
        target[at + 2]! += weight * part[at + 2]!;
      }
    }
  }

  #mapRegion(region: number, y: number, target: Float32Array): void {
    const slicer = this.#slicers[region];
    if (!slicer) {
      target.set(this.#source);
      return;
    }
    slicer.slice(y, this.#source, target);
    const range = this.#ranges[region]!;
    if (range.low === 0 && range.high === 1) return;
    for (let index = 0; index < target.length; index++) {
      const value = target[index]!;
      if (value < 0.2 || value > 0.8) target[index] = applyShoulder(value, range);
    }
  }
}

/** Puts a row of colors, 0 to 1, among samples, with the opacity that was there. */
function quantizeRow(
  colors: Float32Array,
  original: Samples,
  data: Samples,
  start: number,
  y: number,
): void {
  if (data instanceof Uint16Array) {
    // So many bits need no dither; whole numbers are cut off, not rounded.
    for (let index = 0, at = start; index < colors.length; index += 3, at += 4) {
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = Math.min(65535, Math.max(0, 65535 * colors[index + channel]!)) + 0.5;
      }
      data[at + 3] = original[at + 3]!;
    }
    return;
  }
  const last = DITHER_SIDE - 1;
  const line = (y & last) * DITHER_SIDE;
  for (let index = 0, at = start, x = 0; index < colors.length; index += 3, at += 4, x++) {
    data[at] = 255 * colors[index]! + DITHER[line + (x & last)]!;
    data[at + 1] = 255 * colors[index + 1]! + DITHER[line + (x + 21 & last)]!;
    data[at + 2] = 255 * colors[index + 2]! + DITHER[line + (x + 42 & last)]!;
    data[at + 3] = original[at + 3]!;
  }
}
