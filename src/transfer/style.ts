/** Which model something was made by. */
export interface ModelIdentity {
  name: string;
  /** Of all its graphs; see {@linkcode modelChecksum}. */
  checksum: string;
}

/** All that is kept of a style: enough to restyle any picture, in some tens of kilobytes. */
export interface StyleStatistics {
  /** The model whose encoder made it; of no use to another. */
  model: ModelIdentity;
  /** μ_s: mean that stylized features are given, C values: the style's, corrected by the model. */
  mean: Float32Array;
  /** Covariance of the style's features, C × C values, row by row. */
  covariance: Float32Array;
  /** S of each level, L × C × C values, row by row. */
  matrices: Float32Array;
}
