import { detach } from "./memory.ts";
import type { Area } from "../image/pixels.ts";

/**
 * The features of a whole picture, kept between the two passes over its tiles.
 *
 * Values are kept in 16 bits, between the least and the greatest of their channel in their tile:
 * half the memory, and far finer than a step of 255 in the result.
 */
export class FeatureStore {
  #tiles: {
    cells: Area;
    values: Uint16Array<ArrayBuffer>;
    low: Float32Array;
    step: Float32Array;
  }[] = [];

  constructor(readonly channels: number) {}

  /** Bytes that the features of some feature pixels take. */
  static bytes(channels: number, cells: number): number {
    return 2 * channels * cells;
  }

  /**
   * Keeps the features of a tile.
   *
   * @param cells where it is, in feature pixels
   * @param features of a larger area, channels × rows × columns
   * @param around that area, in feature pixels
   */
  put(cells: Area, features: Float32Array, around: Area): void {
    const { channels } = this;
    const area = cells.width * cells.height;
    const values = new Uint16Array(channels * area);
    const [low, step] = [new Float32Array(channels), new Float32Array(channels)];
    const shift = (cells.top - around.top) * around.width + cells.left - around.left;
    for (let channel = 0; channel < channels; channel++) {
      const plane = features.subarray(
        channel * around.width * around.height,
        (channel + 1) * around.width * around.height,
      );
      let [least, greatest] = [Infinity, -Infinity];
      for (let row = 0; row < cells.height; row++) {
        for (let column = 0; column < cells.width; column++) {
          const value = plane[shift + row * around.width + column]!;
          if (value < least) least = value;
          if (value > greatest) greatest = value;
        }
      }
      low[channel] = least;
      step[channel] = Math.max((greatest - least) / 65535, 1e-12);
      for (let row = 0; row < cells.height; row++) {
        const to = channel * area + row * cells.width;
        for (let column = 0; column < cells.width; column++) {
          const value = plane[shift + row * around.width + column]!;
          values[to + column] = Math.round((value - low[channel]!) / step[channel]!);
        }
      }
    }
    this.#tiles.push({ cells, values, low, step });
  }

  /** Gives the memory back. */
  free(): void {
    for (const { values } of this.#tiles) detach(values);
    this.#tiles = [];
  }

  /**
   * Features of an area, which may reach over several tiles: channels × rows × columns.
   *
   * @param area in feature pixels
   */
  take(area: Area): Float32Array {
    const features = new Float32Array(this.channels * area.width * area.height);
    for (const { cells, values, low, step } of this.#tiles) {
      const left = Math.max(area.left, cells.left);
      const right = Math.min(area.left + area.width, cells.left + cells.width);
      const top = Math.max(area.top, cells.top);
      const bottom = Math.min(area.top + area.height, cells.top + cells.height);
      if (left >= right) continue;
      for (let channel = 0; channel < this.channels; channel++) {
        for (let row = top; row < bottom; row++) {
          const from = (channel * cells.height + row - cells.top) * cells.width - cells.left;
          const to = (channel * area.height + row - area.top) * area.width - area.left;
          for (let column = left; column < right; column++) {
            features[to + column] = low[channel]! + step[channel]! * values[from + column]!;
          }
        }
      }
    }
    return features;
  }
}
