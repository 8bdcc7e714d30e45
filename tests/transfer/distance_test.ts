import assert from "node:assert/strict";
import { styleDistance, type StyleStatistics } from "../../src/mod.ts";

function gaussian(mean: number[], covariance: number[]): StyleStatistics {
  const scale = {
    mean: Float32Array.from(mean),
    covariance: Float32Array.from(covariance),
    matrices: new Float32Array(4),
    seedMatrices: new Float32Array(4),
  };
  return { model: { name: "m", checksum: "c" }, scales: [scale, scale, scale] };
}

const near = (a: number, b: number, by = 1e-3) => assert.ok(Math.abs(a - b) < by, `${a} and ${b}`);

Deno.test("styleDistance() is the distance of Gaussians", () => {
  const round = gaussian([0, 0], [1, 0, 0, 1]);
  near(styleDistance(round, round), 0);
  near(styleDistance(round, gaussian([3, 4], [1, 0, 0, 1])), 5);
  // Axis by axis, deviations 1 and 1 against 3 and 2: √(2² + 1²).
  near(styleDistance(round, gaussian([0, 0], [9, 0, 0, 4])), Math.sqrt(5));
  const [a, b] = [gaussian([1, 0], [2, 1, 1, 2]), gaussian([0, 1], [1, -0.5, -0.5, 3])];
  near(styleDistance(a, b), styleDistance(b, a));
  // Scales count alike: √((5² + 0 + 0) / 3).
  const far = gaussian([3, 4], [1, 0, 0, 1]).scales[0]!;
  const partly = { ...round, scales: [far, ...round.scales.slice(1)] };
  near(styleDistance(round, partly), Math.sqrt(25 / 3));
});
