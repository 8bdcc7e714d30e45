/** All that is kept of a style: enough to restyle any picture, and a few kilobytes. */
export interface StyleStatistics {
  /** Checksum of the model whose encoder made it; of no use to another. */
  model: string;
  /** μ_s: mean of the style's features, C values. */
  mean: Float32Array;
  /** Covariance of the style's features, C × C values, row by row. */
  covariance: Float32Array;
  /** S of each level, L × C × C values, row by row. */
  matrices: Float32Array;
}
