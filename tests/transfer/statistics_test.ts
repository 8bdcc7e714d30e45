import assert from "node:assert/strict";
import fc from "fast-check";
import { FeatureMoments } from "../../src/transfer/statistics.ts";

/** Moments of features given as rows of channels, added one by one. */
function momentsOf(pixels: readonly number[][], channels: number, weights?: number[]) {
  const moments = new FeatureMoments(channels);
  const products = new Float64Array(channels ** 2);
  for (const [index, mean] of pixels.entries()) {
    moments.add({ count: weights?.[index] ?? 1, mean, products });
  }
  return moments;
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  assert.equal(found.length, expected.length);
  for (let index = 0; index < found.length; index++) {
    assert.ok(Math.abs(found[index]! - expected[index]!) <= tolerance, `${found} ${expected}`);
  }
}

Deno.test("FeatureMoments gives mean and covariance", () => {
  const moments = momentsOf([[1, 2], [3, 6], [5, 1]], 2);
  assertClose(moments.mean, [3, 3], 1e-12);
  assertClose(moments.covariance(), [8 / 3, -2 / 3, -2 / 3, 14 / 3], 1e-12);
});

Deno.test("FeatureMoments of parts merge to those of the whole, whatever the offset", () => {
  const channels = 3;
  const value = fc.double({ min: -1, max: 1, noNaN: true });
  const pixel = fc.array(value, { minLength: channels, maxLength: channels });
  const part = fc.array(pixel, { minLength: 0, maxLength: 9 });
  fc.assert(fc.property(
    fc.array(part, { minLength: 1, maxLength: 6 }),
    fc.double({ min: 0, max: 1e4, noNaN: true }),
    (parts, offset) => {
      const moved = parts.map((part) => part.map((pixel) => pixel.map((value) => value + offset)));
      const merged = new FeatureMoments(channels);
      for (const part of moved) merged.add(momentsOf(part, channels));
      const all = parts.flat();
      assert.equal(merged.count, all.length);
      if (all.length === 0) return;
      const mean = (channel: number) => all.reduce((s, p) => s + p[channel]!, 0) / all.length;
      assertClose(merged.mean, [0, 1, 2].map((channel) => mean(channel) + offset), 1e-9);
      const expected = Array.from({ length: channels ** 2 }, (_, at) => {
        const [a, b] = [Math.floor(at / channels), at % channels];
        return all.reduce((s, p) => s + (p[a]! - mean(a)) * (p[b]! - mean(b)), 0) / all.length;
      });
      // Sums of squares of 10,000 would leave an error of 1e-8.
      assertClose(merged.covariance(), expected, 1e-11);
    },
  ));
});

Deno.test("a covariance is symmetric and not negative, whatever the weights", () => {
  const channels = 2;
  const value = fc.double({ min: -3, max: 3, noNaN: true });
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true }));
  fc.assert(fc.property(
    fc.array(fc.tuple(value, value, weight), { minLength: 1 }),
    (pixels) => {
      const rows = pixels.map(([a, b]) => [a, b]);
      const [a, b, c, d] = momentsOf(rows, channels, pixels.map(([, , w]) => w)).covariance();
      assert.equal(b, c);
      assert.ok(a! >= 0 && d! >= 0 && a! * d! - b! * c! >= -1e-12 * (a! + d!) ** 2);
    },
  ));
});

Deno.test("moments that are scaled count that much less", () => {
  const old = momentsOf([[0], [2]], 1);
  old.scale(0.5);
  old.add(momentsOf([[3]], 1));
  assertClose([old.count, ...old.mean, ...old.covariance()], [2, 2, 1.5], 1e-12);
  assert.deepEqual([...new FeatureMoments(1).covariance()], [0]);
});
