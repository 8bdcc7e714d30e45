import assert from "node:assert/strict";
import fc from "fast-check";
import { encoderView } from "../../src/model/encoder_view.ts";

const NETWORKS = { multiple: 8, border: 2 };

/** A picture of its own size and colors. */
const pictures = fc.record({
  width: fc.integer({ min: 8, max: 40 }),
  height: fc.integer({ min: 8, max: 40 }),
  seed: fc.integer(),
}).map(({ width, height, seed }) => {
  const draw = (start: number) => ({
    data: Float32Array.from(
      { length: 3 * width * height },
      (_, index) => (1 + Math.sin(start + index ** 1.5)) / 2,
    ),
    width,
    height,
  });
  return [draw(seed), draw(seed + 1)] as const;
});

Deno.test("encoderView() extends both pictures by reflection, and then repeats the border", () => {
  fc.assert(fc.property(pictures, ([picture, draft]) => {
    const view = encoderView(picture, draft, NETWORKS);
    const extended = (side: number) => 8 * Math.ceil(side / 8);
    assert.equal(view.width, extended(picture.width) + 4);
    assert.equal(view.height, extended(picture.height) + 4);
    /** Where a row or column of the view comes from. */
    const source = (at: number, side: number) => {
      const inside = Math.min(extended(side) - 1, Math.max(0, at - 2));
      return inside < side ? inside : 2 * (side - 1) - inside;
    };
    const expected = Float32Array.from({ length: view.data.length }, (_, index) => {
      const column = source(index % view.width, picture.width);
      const row = source(Math.floor(index / view.width) % view.height, picture.height);
      const plane = Math.floor(index / view.width / view.height);
      const { data, width, height } = plane < 3 ? picture : draft;
      return 2 * data[((plane % 3) * height + row) * width + column]! - 1;
    });
    assert.deepEqual(view.data, expected);
  }));
});

Deno.test("encoderView() of a picture that is its own draft has it twice", () => {
  fc.assert(fc.property(pictures, ([picture]) => {
    const copy = { ...picture, data: picture.data.slice() };
    assert.deepEqual(
      encoderView(picture, picture, NETWORKS),
      encoderView(picture, copy, NETWORKS),
    );
  }));
});
