import type { StyleStatistics } from "../../src/mod.ts";
import { SEED_CHANNELS } from "../../src/transfer/seed.ts";

/** Small statistics of no model and no picture, other ones for each seed. */
export function drawnStatistics(seed: number, channels = 4, levels = 2): StyleStatistics {
  const numbers = (length: number, part: number) =>
    Float32Array.from({ length }, (_, index) => Math.sin(100 * seed + part + index));
  return {
    model: { name: "default", checksum: "0".repeat(64) },
    scales: [0, 10, 20].map((scale) => ({
      mean: numbers(channels, scale),
      covariance: numbers(channels ** 2, scale + 1),
      matrices: numbers(levels * channels ** 2, scale + 2),
      seedMatrices: numbers(levels * channels * SEED_CHANNELS, scale + 3),
    })),
  };
}
