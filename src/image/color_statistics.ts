import type { Mask } from "./mask.ts";
import { maxValue, type Pixels, type Samples } from "./pixels.ts";

/** Mean and covariance of colors: RGB, 0 to 1. */
export interface ColorStatistics {
  /** 3 values. */
  mean: ArrayLike<number>;
  /** 3 × 3 values, row by row. */
  covariance: ArrayLike<number>;
}

/** Sums over colors: those of several pictures, or of parts of one, add up. */
export class ColorSums {
  /** Sum of the weights. */
  count = 0;
  /** Σ w c, 3 values. */
  readonly sum: Float64Array = new Float64Array(3);
  /** Σ w c cᵀ, 3 × 3 values, row by row. */
  readonly products: Float64Array = new Float64Array(9);

  /** Adds a color, RGB, as often as its weight says. */
  add(red: number, green: number, blue: number, weight: number): void {
    const { sum, products } = this;
    const [r, g, b] = [weight * red, weight * green, weight * blue];
    this.count += weight;
    sum[0]! += r;
    sum[1]! += g;
    sum[2]! += b;
    products[0]! += r * red;
    products[1]! += r * green;
    products[2]! += r * blue;
    products[4]! += g * green;
    products[5]! += g * blue;
    products[8]! += b * blue;
  }

  /** Adds a picture's colors, 0 to 1, weighted by their opacity, and by a mask of its size. */
  addPixels({ data }: Pixels<Samples>, mask?: Mask): void {
    const unit = 1 / maxValue(data);
    for (let index = 0, pixel = 0; index < data.length; index += 4, pixel++) {
      const weight = unit * data[index + 3]! * (mask ? mask.data[pixel]! : 1);
      if (weight === 0) continue;
      this.add(unit * data[index]!, unit * data[index + 1]!, unit * data[index + 2]!, weight);
    }
  }

  /** Adds colors of which only mean and covariance are known, as often as their weight says. */
  addStatistics({ mean, covariance }: ColorStatistics, weight: number): void {
    this.count += weight;
    for (let row = 0; row < 3; row++) {
      this.sum[row]! += weight * mean[row]!;
      for (let column = row; column < 3; column++) {
        const product = covariance[3 * row + column]! + mean[row]! * mean[column]!;
        this.products[3 * row + column]! += weight * product;
      }
    }
  }

  /** Adds what was added to others. */
  addSums({ count, sum, products }: ColorSums): void {
    this.count += count;
    sum.forEach((value, index) => this.sum[index]! += value);
    products.forEach((value, index) => this.products[index]! += value);
  }

  /** Mean and covariance of what was added; black where nothing was. */
  statistics(): ColorStatistics {
    const { sum, products } = this;
    const count = Math.max(this.count, 1e-9);
    const mean = sum.map((value) => value / count);
    const covariance = products.map((_, index) => {
      const [row, column] = [Math.floor(index / 3), index % 3];
      const product = products[3 * Math.min(row, column) + Math.max(row, column)]!;
      return product / count - mean[row]! * mean[column]!;
    });
    return { mean, covariance };
  }
}

/**
 * Mean and covariance of several pictures' colors together, each by its weight. Pictures whose
 * statistics are not known are left out.
 *
 * @returns nothing where none are known, or only those of weight 0
 */
export function mixColorStatistics(
  parts: readonly (ColorStatistics | undefined)[],
  weights: readonly number[],
): ColorStatistics | undefined {
  const mixture = new ColorSums();
  for (const [index, part] of parts.entries()) {
    if (part && weights[index]! > 0) mixture.addStatistics(part, weights[index]!);
  }
  return mixture.count > 0 ? mixture.statistics() : undefined;
}

/** Mean and covariance of a picture's colors, weighted by opacity, and by a mask of its size. */
export function colorStatistics(pixels: Pixels<Samples>, mask?: Mask): ColorStatistics {
  const sums = new ColorSums();
  sums.addPixels(pixels, mask);
  return sums.statistics();
}
