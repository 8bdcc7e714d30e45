import assert from "node:assert/strict";
import fc from "fast-check";
import { blendLevels, mixStyles, type StyleStatistics } from "../../src/mod.ts";
import { apply } from "../../src/linear_algebra.ts";
import { affineMap, transformationMatrix } from "../../src/transfer/transformation.ts";
import { normalizeWeights } from "../../src/transfer/weights.ts";

const C = 3;
const L = 4;
const DEFAULT_LEVELS = [0.25, 0.25, 0.25, 0.25];

const numbers = (length: number) =>
  fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values));

const style: fc.Arbitrary<StyleStatistics> = fc.record({
  model: fc.constant({ name: "m", checksum: "c" }),
  mean: numbers(C),
  covariance: numbers(C * C),
  matrices: numbers(L * C * C),
}, { noNullPrototype: true });
const weight = fc.double({ min: 0.01, max: 10, noNaN: true });
const weighted = fc.array(fc.record({ style, weight }), { minLength: 1, maxLength: 5 });
const content = fc.record({ mean: numbers(C), matrices: numbers(L * C * C), feature: numbers(C) });
const alpha = fc.double({ min: 0, max: 1.5, noNaN: true });

/** Where a content's feature is moved to by a style. */
function transfer(
  given: { mean: Float32Array; matrices: Float32Array; feature: Float32Array },
  style: StyleStatistics,
  strength = 1,
  levels = DEFAULT_LEVELS,
): Float64Array {
  const matrix = transformationMatrix(style.matrices, given.matrices, levels, C);
  const map = affineMap(matrix, given.mean, style.mean, strength);
  return apply(map.matrix, given.feature, C).map((value, index) => value + map.offset[index]!);
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
    const [ofA, ofB] = [
      transformationMatrix(a.matrices, given.matrices, [first, 0, 0, 0], C),
      transformationMatrix(b.matrices, given.matrices, [0, 0, second, 0], C),
    ];
    const mean = a.mean.map((value, i) => first * value + second * b.mean[i]!);
    const map = affineMap(ofA.map((value, i) => value + ofB[i]!), given.mean, mean, 1);
    const expected = apply(map.matrix, given.feature, C).map((value, i) => value + map.offset[i]!);
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
