import assert from "node:assert/strict";
import { FeatureSums } from "../../src/transfer/statistics.ts";

/** Sums of features given as rows of channels. */
function sumsOf(pixels: number[][]): FeatureSums {
  const channels = pixels[0]!.length;
  const sums = new FeatureSums(channels);
  for (const pixel of pixels) {
    sums.add(1, pixel, pixel.flatMap((a) => pixel.map((b) => a * b)));
  }
  return sums;
}

Deno.test("FeatureSums gives mean and covariance", () => {
  const sums = sumsOf([[1, 2], [3, 6], [5, 1]]);
  assert.deepEqual([...sums.mean()], [3, 3]);
  const expected = [8 / 3, -2 / 3, -2 / 3, 14 / 3];
  sums.covariance().forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) < 1e-12)
  );
});

Deno.test("FeatureSums of parts add up to those of the whole", () => {
  const pixels = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), i % 7]);
  const whole = sumsOf(pixels);
  const parts = new FeatureSums(3);
  for (const part of [pixels.slice(0, 13), pixels.slice(13, 14), pixels.slice(14)]) {
    const { count, sum, products } = sumsOf(part);
    parts.add(count, sum, products);
  }
  const difference = whole.covariance().map((value, i) => value - parts.covariance()[i]!);
  assert.ok(Math.max(...difference.map(Math.abs)) < 1e-12);
});
