import assert from "node:assert/strict";
import { ColorSums } from "../../src/image/color_statistics.ts";
import type { Planes } from "../../src/image/planes.ts";
import { PhotoFit } from "../../src/photo/fit_photo_map.ts";
import { RowSlicer } from "../../src/photo/row_slicer.ts";

const WIDTH = 96;
const HEIGHT = 64;
const SIZE = WIDTH * HEIGHT;

/** A picture that is darkest on the left, with some texture. */
const source = gray((x, y) => 0.2 + 0.6 * x / WIDTH + 0.12 * Math.sin(x * 0.9 + y * 1.3));

function gray(valueAt: (x: number, y: number) => number): Planes {
  const data = new Float32Array(3 * SIZE);
  for (let at = 0; at < SIZE; at++) {
    const value = valueAt(at % WIDTH, Math.floor(at / WIDTH));
    for (let channel = 0; channel < 3; channel++) data[at + channel * SIZE] = value;
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/** Red of what a fit makes of the middle row, fitted toward a target and to its colors. */
function fit(target: Planes): Float32Array {
  const colors = new ColorSums();
  for (let at = 0; at < SIZE; at++) {
    const value = target.data[at]!;
    colors.add(value, value, value, 1);
  }
  const photo = new PhotoFit([{ style: { colors: colors.statistics() } }], WIDTH, HEIGHT);
  photo.add({ source, target });
  const { regions: [region] } = photo.solve({ alpha: 1 });
  const row = Float32Array.from(
    { length: 3 * WIDTH },
    (_, at) => source.data[HEIGHT / 2 * WIDTH + Math.floor(at / 3)]!,
  );
  const mapped = new Float32Array(3 * WIDTH);
  new RowSlicer(region!.grid!, WIDTH, HEIGHT).slice(HEIGHT / 2, row, mapped);
  return mapped.filter((_, at) => at % 3 === 0);
}

Deno.test("a photograph's light and dark are not turned around, whatever the networks paint", () => {
  const turned = fit(gray((x) => 0.6 - 0.5 * x / WIDTH));
  assert.ok(turned[88]! > turned[8]! + 0.1, `${turned[8]} to ${turned[88]}`);
});

Deno.test("what keeps the order of light and dark is left as it is painted", () => {
  // A light on one side that no map for the whole picture could give.
  const light = (x: number) => 0.1 * Math.exp(-(((x - 24) / 12) ** 2));
  const wanted = gray((x, y) => 0.5 * source.data[y * WIDTH + x]! + light(x));
  const lit = fit(wanted);
  for (const x of [8, 24, 48, 88]) {
    const expected = wanted.data[HEIGHT / 2 * WIDTH + x]!;
    assert.ok(Math.abs(lit[x]! - expected) < 0.05, `at ${x}: ${lit[x]} for ${expected}`);
  }
});
