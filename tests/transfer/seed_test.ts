import assert from "node:assert/strict";
import fc from "fast-check";
import { seed, SEED_CHANNELS } from "../../src/transfer/seed.ts";

Deno.test("seed() gives the values of models/training/seed.py, bit by bit", () => {
  const [side, left, top] = [40, 1000, -7];
  const values = seed({ left, top, width: side, height: side });
  // From `seed(40, 40, -7, 1000)`.
  const expected: [channel: number, row: number, column: number, value: number][] = [
    [0, 1, 2, -0.23345141112804413],
    [3, 20, 3, 1.2209186553955078],
    [4, 0, 0, -0.13500158488750458],
    [5, 17, 22, 0.21387843787670135],
    [7, 39, 39, -0.062439292669296265],
  ];
  for (const [channel, row, column, value] of expected) {
    assert.equal(values[(channel * side + row) * side + column], value);
  }
});

Deno.test("seed() depends on the absolute position alone", () => {
  const whole = seed({ left: 0, top: 0, width: 50, height: 40 });
  const at = fc.record({
    left: fc.integer({ min: 0, max: 49 }),
    top: fc.integer({ min: 0, max: 39 }),
    width: fc.integer({ min: 1, max: 50 }),
    height: fc.integer({ min: 1, max: 40 }),
  }).map((area) => ({
    ...area,
    width: Math.min(area.width, 50 - area.left),
    height: Math.min(area.height, 40 - area.top),
  }));
  fc.assert(fc.property(at, (area) => {
    const part = seed(area);
    const expected = Float32Array.from(part, (_, index) => {
      const column = index % area.width;
      const row = Math.floor(index / area.width) % area.height;
      const channel = Math.floor(index / area.width / area.height);
      return whole[(channel * 40 + area.top + row) * 50 + area.left + column]!;
    });
    assert.deepEqual(part, expected);
  }));
});

Deno.test("each channel of the seed has mean 0 and variance 1, and differs from the others", () => {
  const side = 256;
  const values = seed({ left: 0, top: 0, width: side, height: side });
  const channels = Array.from(
    { length: SEED_CHANNELS },
    (_, channel) => values.subarray(channel * side ** 2, (channel + 1) * side ** 2),
  );
  const mean = (product: (index: number) => number) => {
    let sum = 0;
    for (let index = 0; index < side ** 2; index++) sum += product(index);
    return sum / side ** 2;
  };
  for (const [a, first] of channels.entries()) {
    assert.ok(Math.abs(mean((index) => first[index]!)) < 0.1);
    for (const [b, second] of channels.entries()) {
      const product = mean((index) => first[index]! * second[index]!);
      assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 0.2, `${a}, ${b}: ${product}`);
    }
  }
});
