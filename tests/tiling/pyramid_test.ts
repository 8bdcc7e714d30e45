import assert from "node:assert/strict";
import fc from "fast-check";
import type { Pixels } from "../../src/mod.ts";
import type { Planes } from "../../src/image/planes.ts";
import { enlarge, passCount, planesAt, sideAt } from "../../src/tiling/pyramid.ts";

const size = fc.integer({ min: 1, max: 41 });
const picture: fc.Arbitrary<Pixels> = fc.tuple(size, size).chain(([width, height]) =>
  fc.uint8ClampedArray({ minLength: 4 * width * height, maxLength: 4 * width * height })
    .map((data) => ({ data: data.map((v, at) => at % 4 === 3 ? 255 : v), width, height }))
);

/** A part of an area, by shares of its sides. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const part = (width: number, height: number, [a, b, c, d]: number[]) => {
  const [left, top] = [Math.floor(a! * width), Math.floor(b! * height)];
  return {
    left,
    top,
    width: 1 + Math.floor(c! * (width - left)),
    height: 1 + Math.floor(d! * (height - top)),
  };
};

function at({ data, width, height }: Planes, channel: number, x: number, y: number): number {
  const [column, row] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  return data[(channel * height + row) * width + column]!;
}

Deno.test("a picture at half size has the means of 2 × 2 pixels, the border repeated", () => {
  fc.assert(fc.property(picture, (pixels) => {
    const { width, height } = pixels;
    const whole = planesAt(0, pixels, { left: 0, top: 0, width, height });
    const area = { left: 0, top: 0, width: sideAt(1, width), height: sideAt(1, height) };
    const half = planesAt(1, pixels, area);
    for (let y = 0; y < half.height; y++) {
      for (let x = 0; x < half.width; x++) {
        const [a, b, c, d] = [[0, 0], [1, 0], [0, 1], [1, 1]].map(([right, down]) =>
          at(whole, 1, 2 * x + right!, 2 * y + down!)
        );
        assert.ok(Math.abs(at(half, 1, x, y) - (a! + b! + c! + d!) / 4) < 1e-6);
      }
    }
  }));
});

Deno.test("a part of a smaller or enlarged picture is that part of all of it", () => {
  const shares = fc.array(share, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(picture, fc.integer({ min: 0, max: 3 }), shares, (pixels, scale, shares) => {
      const [width, height] = [sideAt(scale, pixels.width), sideAt(scale, pixels.height)];
      const area = part(width, height, shares);
      const whole = planesAt(scale, pixels, { left: 0, top: 0, width, height });
      assertPart(planesAt(scale, pixels, area), whole, area);
      const twice = { left: 0, top: 0, width: 2 * width, height: 2 * height };
      const larger = part(2 * width, 2 * height, shares);
      assertPart(enlarge(whole, larger), enlarge(whole, twice), larger);
    }),
  );
});

function assertPart(found: Planes, whole: Planes, area: { left: number; top: number }): void {
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < found.height; y++) {
      for (let x = 0; x < found.width; x++) {
        assert.equal(at(found, channel, x, y), at(whole, channel, area.left + x, area.top + y));
      }
    }
  }
}

Deno.test("enlarging is bilinear between the centers of pixels", () => {
  const planes = { data: new Float32Array([0, 4, 8, 0, 0, 0, 0, 0, 0]), width: 3, height: 1 };
  const { data } = enlarge(planes, { left: 0, top: 0, width: 6, height: 2 });
  assert.deepEqual([...data.subarray(0, 12)], [0, 1, 3, 5, 7, 8, 0, 1, 3, 5, 7, 8]);
});

Deno.test("passes are as many as the brush has, and as the picture's size allows", () => {
  const counts = (width: number, height: number) =>
    (["fine", "medium", "broad"] as const).map((brush) => passCount(width, height, brush));
  assert.deepEqual(counts(1920, 1080), [1, 2, 3]);
  assert.deepEqual(counts(384, 500), [1, 2, 3]);
  assert.deepEqual(counts(383, 5000), [1, 2, 2]);
  assert.deepEqual(counts(191, 5000), [1, 1, 1]);
});
