/**
 * Mean and covariance of features, gathered part by part.
 *
 * Each part (a tile, a frame) is measured about its own mean, and parts are merged by the pairwise
 * update of Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing
 * Sample Variances", 1979. So the statistics of a picture of any size are those of one pass over
 * it, and the covariance of a flat picture is 0 instead of what rounding leaves of two large sums.
 *
 * @module
 */

/**
 * Weighted moments of feature pixels: their weight, mean and products about the mean. C is the
 * number of channels.
 *
 * @example Merge the moments of two parts
 * ```ts
 * import { FeatureMoments } from "../mod.ts";
 *
 * const moments = new FeatureMoments(1);
 * moments.add({ count: 1, mean: [2], products: [0] });
 * moments.add({ count: 1, mean: [4], products: [0] });
 * console.log(moments.mean[0], moments.covariance()[0]); // 3 1
 * ```
 */
export class FeatureMoments {
  /** Sum of the weights. */
  count = 0;
  /** Weighted mean, C values; 0 where there is no weight. */
  readonly mean: Float64Array;
  /** Σ w (F − mean) (F − mean)ᵀ, C × C values, row by row; symmetric. */
  readonly products: Float64Array;

  /** Moments of no pixels. */
  constructor(
    /** C. */
    readonly channels: number,
  ) {
    this.mean = new Float64Array(channels);
    this.products = new Float64Array(channels ** 2);
  }

  /** Adds the moments of other pixels. */
  add({ count, mean, products }: Moments): void {
    if (count === 0) return;
    const { channels } = this;
    const total = this.count + count;
    const share = count / total;
    const between = this.count * share;
    const shift = this.mean.map((own, channel) => mean[channel]! - own);
    for (let row = 0; row < channels; row++) {
      for (let column = 0; column < channels; column++) {
        const [at, mirrored] = [row * channels + column, column * channels + row];
        // Rounding can make the products of a part asymmetric.
        const product = (products[at]! + products[mirrored]!) / 2;
        this.products[at]! += product + between * (shift[row]! * shift[column]!);
      }
      this.mean[row]! += share * shift[row]!;
    }
    this.count = total;
  }

  /** Multiplies the weight of all pixels added so far. */
  scale(factor: number): void {
    this.count *= factor;
    for (let index = 0; index < this.products.length; index++) this.products[index]! *= factor;
  }

  /** A copy, which changes on its own. */
  clone(): FeatureMoments {
    const copy = new FeatureMoments(this.channels);
    copy.add(this);
    return copy;
  }

  /** Covariance, C × C values, row by row: symmetric and positive semidefinite. */
  covariance(): Float64Array {
    const { count } = this;
    return count === 0 ? this.products.slice() : this.products.map((product) => product / count);
  }
}

/** Moments of a part, as a network gives them: see {@linkcode FeatureMoments}. */
export interface Moments {
  /** Sum of the weights. */
  count: number;
  /** Weighted mean, C values. */
  mean: ArrayLike<number>;
  /** Σ w (F − mean) (F − mean)ᵀ, C × C values, row by row. */
  products: ArrayLike<number>;
}
