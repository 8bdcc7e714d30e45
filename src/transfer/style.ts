/**
 * What is kept of a style.
 *
 * @module
 */

import type { ColorStatistics } from "../image/color_statistics.ts";
import { SEED_CHANNELS } from "./seed.ts";
import { assertFinite, typeError } from "../util/arguments.ts";
import type { ErrorCode } from "../util/errors.ts";

/** Sizes at which statistics of a style are kept, each half of the one before. */
export const STYLE_SCALES = 3;

/** Which model something was made by. */
export interface ModelIdentity {
  /** Name of the model, for people. */
  name: string;
  /** SHA-256 over the checksums of all its files, as 64 hexadecimal digits. */
  checksum: string;
}

/** All that is kept of a style: enough to stylize any picture, in some hundreds of kilobytes. */
export interface StyleStatistics {
  /** The model whose encoder made the statistics; no other model can use them. */
  model: ModelIdentity;
  /** Statistics of the style at its own size, at half and at a quarter of it: 3 of them. */
  scales: readonly ScaleStatistics[];
  /** Its colors, for photographs that are to stay photographs; absent where they are not known. */
  colors?: ColorStatistics;
}

/** Statistics of a style at one size, for the pass that paints at that size. */
export interface ScaleStatistics {
  /** μ_s: mean that stylized features are given, C values: the style's, corrected by the model. */
  mean: Float32Array;
  /** Covariance of the style's features, C × C values, row by row. */
  covariance: Float32Array;
  /** S of each level, L × C × C values, row by row. */
  matrices: Float32Array;
  /** B of each level, L × C × K values, row by row: what the seed adds to the features. */
  seedMatrices: Float32Array;
}

/** Statistics of different models were used together. */
export class ModelMismatchError extends TypeError {
  /** `"ModelMismatchError"`. */
  override name = "ModelMismatchError";
  /** Reason of the error, for a program. */
  readonly code: ErrorCode = "model-mismatch";
}

/**
 * Checks that two things come from one model.
 *
 * @throws {ModelMismatchError} if they do not
 */
export function assertSameModel(given: ModelIdentity, expected: ModelIdentity): void {
  if (given.checksum === expected.checksum) return;
  throw new ModelMismatchError(
    `The style was encoded by the model ${identify(given)}, not by ${identify(expected)}: ` +
      "encode its picture again",
  );
}

function identify({ name, checksum }: ModelIdentity): string {
  return `"${name}" (${checksum.slice(0, 12)})`;
}

/**
 * Checks the sizes and values of a style's statistics.
 *
 * @param channels C
 * @param levels L
 * @throws {TypeError} if an array has another length
 * @throws {RangeError} if a value is not finite
 */
export function assertStatistics(
  parameter: string,
  { scales, colors }: StyleStatistics,
  channels: number,
  levels: number,
): void {
  if (scales.length !== STYLE_SCALES) {
    throw typeError(`${parameter}.scales`, `${STYLE_SCALES} scales`, scales.length);
  }
  for (const [index, { mean, covariance, matrices, seedMatrices }] of scales.entries()) {
    const scale = `${parameter}.scales[${index}]`;
    assertFinite(`${scale}.mean`, mean, channels);
    assertFinite(`${scale}.covariance`, covariance, channels ** 2);
    assertFinite(`${scale}.matrices`, matrices, levels * channels ** 2);
    assertFinite(`${scale}.seedMatrices`, seedMatrices, levels * channels * SEED_CHANNELS);
  }
  if (colors) {
    assertFinite(`${parameter}.colors.mean`, colors.mean, 3);
    assertFinite(`${parameter}.colors.covariance`, colors.covariance, 9);
  }
}
