/**
 * Mean and covariance of features, from plain sums over their pixels.
 *
 * The sums of two tiles, or of two frames, add up to those of both, so the statistics of a picture
 * of any size are exactly those of one pass over it.
 *
 * @module
 */

/** Sums over feature pixels, each pixel times a weight. C is the number of channels. */
export class FeatureSums {
  /** Sum of the weights. */
  count = 0;
  /** Σ w F, C values. */
  readonly sum: Float64Array;
  /** Σ w F Fᵀ, C × C values, row by row. */
  readonly products: Float64Array;

  constructor(readonly channels: number) {
    this.sum = new Float64Array(channels);
    this.products = new Float64Array(channels * channels);
  }

  /** Adds the sums of other pixels. */
  add(
    count: number,
    sum: ArrayLike<number>,
    products: ArrayLike<number>,
  ): void {
    this.count += count;
    for (let index = 0; index < this.sum.length; index++) {
      this.sum[index]! += sum[index]!;
    }
    for (let index = 0; index < this.products.length; index++) {
      this.products[index]! += products[index]!;
    }
  }

  /** Weighs all pixels added so far by a factor. */
  scale(factor: number): void {
    this.count *= factor;
    for (const values of [this.sum, this.products]) {
      for (let index = 0; index < values.length; index++) values[index]! *= factor;
    }
  }

  /** Mean of the features, C values. */
  mean(): Float64Array {
    return this.sum.map((value) => value / this.count);
  }

  /** E[F Fᵀ] − E[F] E[F]ᵀ, C × C values. */
  covariance(): Float64Array {
    const { channels, count, products } = this;
    const mean = this.mean();
    return products.map((product, index) =>
      product / count -
      mean[Math.floor(index / channels)]! * mean[index % channels]!
    );
  }
}
