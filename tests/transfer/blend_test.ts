import assert from "node:assert/strict";
import fc from "fast-check";
import {
  blendLevels,
  mixStyles,
  type ScaleStatistics,
  type StyleStatistics,
} from "../../src/mod.ts";
import { apply } from "../../src/linear_algebra.ts";
import {
  type AffineMap,
  affineMap,
  seedTransformation,
  transformationMatrix,
} from "../../src/transfer/transformation.ts";
import { normalizeWeights } from "../../src/transfer/weights.ts";

const C = 3;
const L = 4;
const K = 2;
/** The scale whose statistics are looked at. */
const SCALE = 1;
const DEFAULT_LEVELS = [0.25, 0.25, 0.25, 0.25];

const numbers = (length: number) =>
  fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values));

const scale: fc.Arbitrary<ScaleStatistics> = fc.record({
  mean: numbers(C),
  covariance: numbers(C * C),
  matrices: numbers(L * C * C),
  seedMatrices: numbers(L * C * K),
}, { noNullPrototype: true });
const style: fc.Arbitrary<StyleStatistics> = fc.record({
  model: fc.constant({ name: "m", checksum: "c" }),
  scales: fc.tuple(scale, scale, scale),
}, { noNullPrototype: true });
const weight = fc.double({ min: 0.01, max: 10, noNaN: true });
const weighted = fc.array(fc.record({ style, weight }), { minLength: 1, maxLength: 5 });
const content = fc.record({
  mean: numbers(C),
  matrices: numbers(L * C * C),
  feature: numbers(C),
  noise: numbers(K),
});
const alpha = fc.double({ min: 0, max: 1.5, noNaN: true });

type Content = Record<"mean" | "matrices" | "feature" | "noise", Float32Array>;

/** Where a content's feature is moved to by a style. */
function transfer(
  given: Content,
  { scales }: StyleStatistics,
  strength = 1,
  levels = DEFAULT_LEVELS,
): Float64Array {
  const { mean, matrices, seedMatrices } = scales[SCALE]!;
  const matrix = transformationMatrix(matrices, given.matrices, levels, C);
  const seedMatrix = seedTransformation(seedMatrices, levels);
  return move(given, affineMap(matrix, seedMatrix, given.mean, mean, strength));
}

function move({ feature, noise }: Content, { matrix, seedMatrix, offset }: AffineMap) {
  return apply(matrix, feature, C).map((value, row) =>
    noise.reduce((sum, z, k) => sum + z * seedMatrix[row * K + k]!, value + offset[row]!)
  );
}

function assertClose(a: ArrayLike<number>, b: ArrayLike<number>): void {
  const largest = Math.max(1, ...Array.from(a, Math.abs), ...Array.from(b, Math.abs));
  for (let index = 0; index < a.length; index++) {
    assert.ok(Math.abs(a[index]! - b[index]!) <= 1e-5 * largest, `${a[index]} and ${b[index]}`);
  }
}

Deno.test("to mix styles is to mix their transferred features", () => {
  fc.assert(fc.property(weighted, content, (parts, given) => {
    const weights = normalizeWeights(parts.map(({ weight }) => weight));
    const expected = new Float64Array(C);
    parts.forEach(({ style }, part) =>
      transfer(given, style).forEach((value, index) => expected[index]! += weights[part]! * value)
    );
    assertClose(transfer(given, mixStyles(parts)), expected);
  }));
});

Deno.test("alpha and the weights of styles commute", () => {
  fc.assert(fc.property(weighted, content, alpha, (parts, given, strength) => {
    const weights = normalizeWeights(parts.map(({ weight }) => weight));
    const expected = new Float64Array(C);
    parts.forEach(({ style }, part) =>
      transfer(given, style, strength)
        .forEach((value, index) => expected[index]! += weights[part]! * value)
    );
    assertClose(transfer(given, mixStyles(parts), strength), expected);
  }));
});

Deno.test("alpha goes straight from the content to the style", () => {
  fc.assert(fc.property(style, content, alpha, (to, given, strength) => {
    const full = transfer(given, to);
    const expected = full.map((value, i) => strength * value + (1 - strength) * given.feature[i]!);
    assertClose(transfer(given, to, strength), expected);
  }));
});

Deno.test("level weights and style weights commute", () => {
  fc.assert(
    fc.property(weighted, content, fc.tuple(weight, weight, weight, weight), (parts, given, w) => {
      const levels = normalizeWeights(w);
      const byLevel = [1, 2, 3, 4].flatMap((level) =>
        parts.map(({ style, weight }) => ({ level, style, weight: weight * levels[level - 1]! }))
      );
      const blended = transfer(given, blendLevels(byLevel, DEFAULT_LEVELS));
      assertClose(blended, transfer(given, mixStyles(parts), 1, levels));
    }),
  );
});

Deno.test("a blend takes each level's matrix from that level's styles", () => {
  fc.assert(fc.property(style, style, content, weight, weight, (a, b, given, u, v) => {
    const [first, second] = normalizeWeights([u, v]) as [number, number];
    const blend = blendLevels(
      [{ level: 1, style: a, weight: u }, { level: 3, style: b, weight: v }],
      DEFAULT_LEVELS,
    );
    const [ofA, ofB] = [a.scales[SCALE]!, b.scales[SCALE]!];
    const sum = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from(x, (value, i) => value + y[i]!);
    const matrix = sum(
      transformationMatrix(ofA.matrices, given.matrices, [first, 0, 0, 0], C),
      transformationMatrix(ofB.matrices, given.matrices, [0, 0, second, 0], C),
    );
    const seedMatrix = sum(
      seedTransformation(ofA.seedMatrices, [first, 0, 0, 0]),
      seedTransformation(ofB.seedMatrices, [0, 0, second, 0]),
    );
    const mean = ofA.mean.map((value, i) => first * value + second * ofB.mean[i]!);
    const expected = move(given, affineMap(matrix, seedMatrix, given.mean, mean, 1));
    assertClose(transfer(given, blend), expected);
  }));
});

Deno.test("weights are scale-free", () => {
  fc.assert(fc.property(weighted, (parts) => {
    const doubled = parts.map(({ style, weight }) => ({ style, weight: 2 * weight }));
    assert.deepEqual(mixStyles(doubled), mixStyles(parts));
  }));
});

Deno.test("a mixture or a blend with all weight on one style is that style, bit for bit", () => {
  fc.assert(fc.property(style, style, weight, (only, other, some) => {
    const mixture = mixStyles([{ style: only, weight: some }, { style: other, weight: 0 }]);
    assert.deepEqual(mixture, only);
    const levels = [1, 2, 3, 4].map((level) => ({ level, style: only, weight: 1 }));
    const blend = blendLevels([...levels, { level: 2, style: other, weight: 0 }], DEFAULT_LEVELS);
    assert.deepEqual(blend, only);
  }));
});

Deno.test("weights, levels and styles that make no mixture are refused", () => {
  fc.assert(
    fc.property(style, (only) => {
      const other = { ...only, model: { name: "n", checksum: "d" } };
      assert.throws(() => mixStyles([]), RangeError);
      for (const wrong of [-1, NaN, Infinity]) {
        assert.throws(() => mixStyles([{ style: only, weight: wrong }]), RangeError);
      }
      assert.throws(() => mixStyles([{ style: only, weight: 0 }]), RangeError);
      const two = [{ style: only, weight: 1 }, { style: other, weight: 1 }];
      assert.throws(() => mixStyles(two), TypeError);
      for (const level of [0, 5, 1.5]) {
        const parts = [{ level, style: only, weight: 1 }];
        assert.throws(() => blendLevels(parts, DEFAULT_LEVELS), RangeError);
      }
    }),
    { numRuns: 3 },
  );
});
