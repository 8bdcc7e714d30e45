import type { Planes } from "../image/planes.ts";
import { guidedCoefficients } from "./guided_filter.ts";

/** Reach of a border between regions, as a part of the picture's short side. */
const REACH = 1 / 30;

/** Variance of color below which an area is flat, and a border in it soft. */
const FLAT_VARIANCE = 1e-3;

/**
 * Shares of regions in each pixel of a picture of any size: soft masks whose borders follow its
 * edges.
 */
export class RegionWeights {
  /** @param coefficients for each region, four a pixel of the small picture */
  private constructor(
    private readonly coefficients: readonly Float32Array[],
    private readonly width: number,
    private readonly height: number,
  ) {}

  /**
   * Lets masks follow the edges of a picture.
   *
   * @param guide the picture, small
   * @param masks of its regions, a value from 0 to 1 for each pixel; in each they sum to 1
   */
  static of(guide: Planes, masks: readonly Float32Array[]): RegionWeights {
    const { width, height } = guide;
    const radius = Math.max(1, Math.round(REACH * Math.min(width, height)));
    const coefficients = masks.map((mask) =>
      guidedCoefficients(guide, mask, radius, FLAT_VARIANCE)
    );
    return new RegionWeights(coefficients, width, height);
  }

  /**
   * Weights between these and those of the same regions by another frame of a clip.
   *
   * @param share 0 is these, 1 the others
   */
  blend(other: RegionWeights, share: number): RegionWeights {
    const coefficients = this.coefficients.map((own, region) => {
      const others = other.coefficients[region]!;
      return own.map((value, at) => value + share * (others[at]! - value));
    });
    return new RegionWeights(coefficients, this.width, this.height);
  }

  /** Gives the shares for the rows of a picture of a size. */
  rows(width: number, height: number): RegionRows {
    return new RegionRows(this.coefficients, this.width, this.height, width, height);
  }
}

/** Shares of regions in the rows of a picture. */
class RegionRows {
  /** Coefficients of the current row, for each region: the small picture's width × 4. */
  readonly #rows: Float32Array[];
  readonly #columns: readonly [index: Uint16Array, share: Float32Array];

  constructor(
    readonly coefficients: readonly Float32Array[],
    readonly smallWidth: number,
    readonly smallHeight: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.#rows = coefficients.map(() => new Float32Array(4 * smallWidth));
    const index = new Uint16Array(width);
    const share = new Float32Array(width);
    for (let x = 0; x < width; x++) [index[x], share[x]] = place(x, width, smallWidth);
    this.#columns = [index, share];
  }

  /**
   * Finds the shares of the regions in a row.
   *
   * @param y the row, from the top
   * @param source red, green and blue of each pixel, 0 to 1
   * @param shares for each region where its are put, one a pixel; those of a pixel sum to 1
   */
  find(y: number, source: Float32Array, shares: readonly Float32Array[]): void {
    const { smallWidth, smallHeight, width } = this;
    const [top, down] = place(y, this.height, smallHeight);
    const [index, right] = this.#columns;
    const above = 4 * smallWidth * top;
    const below = 4 * smallWidth * Math.min(smallHeight - 1, top + 1);
    for (const [region, values] of this.coefficients.entries()) {
      const [row, share] = [this.#rows[region]!, shares[region]!];
      for (let at = 0; at < row.length; at++) {
        row[at] = values[above + at]! + down * (values[below + at]! - values[above + at]!);
      }
      for (let x = 0, color = 0; x < width; x++, color += 3) {
        const left = 4 * index[x]!;
        const next = left + 4 * (index[x]! < smallWidth - 1 ? 1 : 0);
        const [r, g, b] = [source[color]!, source[color + 1]!, source[color + 2]!];
        const from = row[left]! * r + row[left + 1]! * g + row[left + 2]! * b + row[left + 3]!;
        const to = row[next]! * r + row[next + 1]! * g + row[next + 2]! * b + row[next + 3]!;
        share[x] = Math.min(1, Math.max(0, from + right[x]! * (to - from)));
      }
    }
    for (let x = 0; x < width; x++) {
      let sum = 1e-6;
      for (const share of shares) sum += share[x]!;
      for (const share of shares) share[x]! /= sum;
    }
  }
}

/** The pixel of a small picture at or before one of a large picture, and how far it is beyond. */
function place(at: number, length: number, smallLength: number): [index: number, share: number] {
  const place = Math.min(smallLength - 1, Math.max(0, (at + 0.5) / length * smallLength - 0.5));
  const index = Math.min(smallLength - 1, Math.floor(place));
  return [index, place - index];
}
