import assert from "node:assert/strict";
import { normalizeWeights } from "../../src/transfer/weights.ts";
import { apply } from "../../src/linear_algebra.ts";
import {
  affineMap,
  PreparedContent,
  seedTransformation,
  transformationMatrix,
} from "../../src/transfer/transformation.ts";

Deno.test("transformationMatrix() is the weighted sum of the levels' products", () => {
  const style = [1, 2, 3, 4, 2, 0, 0, 2];
  const content = [5, 6, 7, 8, 1, 1, 0, 1];
  const matrix = transformationMatrix(style, content, [0.25, 0.75], 2);
  const [first, second] = [[19, 22, 43, 50], [2, 2, 0, 2]];
  assert.deepEqual([...matrix], first.map((value, i) => 0.25 * value + 0.75 * second[i]!));
});

Deno.test("seedTransformation() is the weighted sum of the levels' matrices", () => {
  assert.deepEqual([...seedTransformation([1, 2, 3, 4], [0.25, 0.75])], [2.5, 3.5]);
});

Deno.test("affineMap() moves the content's mean to the style's", () => {
  const [matrix, contentMean, styleMean] = [[2, 1, 0, 3], [4, -1], [7, 9]];
  const map = affineMap(matrix, [5, 6], contentMean, styleMean, 1);
  const moved = apply(map.matrix, contentMean, 2).map((value, i) => value + map.offset[i]!);
  assert.deepEqual([...moved], styleMean);
});

Deno.test("affineMap() is the identity at alpha 0 and half way at 0.5", () => {
  const identity = affineMap([2, 1, 0, 3], [5, 6], [4, -1], [7, 9], 0);
  assert.deepEqual([...identity.matrix], [1, 0, 0, 1]);
  assert.deepEqual([...identity.offset].map(Math.abs), [0, 0]);
  const half = affineMap([2, 1, 0, 3], [5, 6], [4, -1], [7, 9], 0.5);
  assert.deepEqual([...half.matrix], [1.5, 0.5, 0, 2]);
  assert.deepEqual([...half.seedMatrix, ...identity.seedMatrix], [2.5, 3, 0, 0]);
});

Deno.test("normalizeWeights() keeps ratios and refuses what has none", () => {
  assert.deepEqual(normalizeWeights([2, 6, 0]), [0.25, 0.75, 0]);
  for (const wrong of [[0, 0], [1, -1], [NaN, 1], [Infinity, 1]]) {
    assert.throws(() => normalizeWeights(wrong), RangeError);
  }
});

Deno.test("PreparedContent.mapTo() is that of the content, style, levels and alpha, made once", () => {
  const content = new PreparedContent(
    Float64Array.of(4, -1),
    Float32Array.of(1, 0, 0, 1, 2, 0, 0, 2),
  );
  const style = (factor: number) => ({
    mean: Float32Array.of(7, 9),
    covariance: Float32Array.of(1, 0, 0, 1),
    matrices: Float32Array.of(factor, 1, 0, 3, 0, 1, 1, 0),
    seedMatrices: Float32Array.of(1, 2, 3, 4),
  });
  const [two, five] = [style(2), style(5)];
  const expected = (own: typeof two, levels: number[], alpha: number) => {
    const matrix = transformationMatrix(own.matrices, content.matrices, levels, 2);
    const seedMatrix = seedTransformation(own.seedMatrices, levels);
    return affineMap(matrix, seedMatrix, content.mean, own.mean, alpha);
  };
  const first = content.mapTo(two, [0.5, 0.5], 1);
  assert.deepEqual(first, expected(two, [0.5, 0.5], 1));
  assert.equal(content.mapTo(two, [0.5, 0.5], 1), first);
  assert.deepEqual(content.mapTo(five, [0.5, 0.5], 1), expected(five, [0.5, 0.5], 1));
  assert.deepEqual(content.mapTo(five, [1, 0], 1), expected(five, [1, 0], 1));
  assert.deepEqual(content.mapTo(five, [1, 0], 0.5), expected(five, [1, 0], 0.5));
});
