import assert from "node:assert/strict";
import { randomNumbers } from "../examples/drawing/noise.ts";
import { paint } from "../examples/drawing/painting.ts";
import { edgeDirections, flat, luminance, type Raster } from "../examples/drawing/raster.ts";
import { drawLines, streamlines, tapered } from "../examples/drawing/streamlines.ts";
import { tileCentroids } from "../examples/drawing/tessellation.ts";

const [WIDTH, HEIGHT] = [64, 48];

/** Dark at the left, light at the right: its edges run from top to bottom. */
function ramp(): Raster {
  const picture = flat(WIDTH, HEIGHT, [0, 0, 0]);
  for (let at = 0; at < picture.data.length; at++) {
    picture.data[at] = Math.floor(at / 3) % WIDTH / WIDTH;
  }
  return picture;
}

function meanDifference(a: Raster, b: Raster): number {
  return a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) / a.data.length;
}

Deno.test("a painting is closer to its picture, the finer the last brush", () => {
  const options = { direction: () => 1, ground: [1, 0, 0] as const, relief: 0 };
  const differences = [[12], [12, 6], [12, 6, 3]].map((brushes) =>
    meanDifference(ramp(), paint(ramp(), { ...options, brushes }))
  );
  assert.ok(
    differences[0]! > differences[1]! && differences[1]! > differences[2]!,
    `${differences}`,
  );
  assert.ok(differences[2]! < 0.08, `${differences}`);
});

Deno.test("edges run across the direction of change", () => {
  const { data, coherence } = edgeDirections(luminance(ramp()), 2);
  const middle = HEIGHT / 2 * WIDTH + WIDTH / 2;
  assert.ok(Math.abs(Math.cos(data[middle]!)) < 1e-3, `${data[middle]}`);
  assert.ok(coherence[middle]! > 0.9);
});

Deno.test("streamlines keep their distance and fill the plane", () => {
  const separation = 6;
  const options = { direction: (x: number) => x / 40, separation };
  const lines = streamlines(WIDTH, HEIGHT, options, randomNumbers(1));
  for (const [index, line] of lines.entries()) {
    for (const a of line) {
      for (const b of lines.slice(index + 1).flat()) {
        const distance = Math.hypot(a.x - b.x, a.y - b.y);
        assert.ok(distance > 0.6 * separation, `${distance}`);
      }
    }
  }
  const cover = drawLines(
    lines.map((line) => tapered(line, 1, () => 3 * separation)),
    WIDTH,
    HEIGHT,
  );
  assert.ok(cover.data.filter((value) => value > 0).length > 0.95 * WIDTH * HEIGHT);
});

Deno.test("tiles share the plane evenly, and are set as they are told", () => {
  const size = 8;
  const { tiles, nearest } = tileCentroids(WIDTH, HEIGHT, size, () => 0.3, randomNumbers(1));
  assert.equal(tiles.length, WIDTH * HEIGHT / size ** 2);
  assert.ok(tiles.every(({ angle }) => angle === 0.3));
  const areas = tiles.map((_, index) => nearest.filter((tile) => tile === index).length);
  assert.equal(areas.reduce((sum, area) => sum + area), WIDTH * HEIGHT);
  const deviation = Math.sqrt(
    areas.reduce((sum, area) => sum + (area - size ** 2) ** 2, 0) / areas.length,
  );
  assert.ok(deviation < 0.35 * size ** 2, `${deviation}`);
});
