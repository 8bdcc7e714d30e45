import assert from "node:assert/strict";
import { paperMask } from "../../src/image/paper_mask.ts";
import { decodeImage, type Pixels } from "../../src/mod.ts";
import { example } from "../helpers/program.ts";
import { flat, grain } from "../helpers/pictures.ts";

const PAPER = [250, 245, 230, 255];

/** Paper with a square of ink in its middle. */
function drawing(side: number, ink: number): Pixels {
  const pixels = flat(side, side, PAPER);
  const from = (side - ink) >> 1;
  for (let y = from; y < from + ink; y++) {
    for (let x = from; x < from + ink; x++) pixels.data.set([20, 10, 60], 4 * (y * side + x));
  }
  return pixels;
}

Deno.test("where paper is more than half of a picture, it weighs as much as the rest", () => {
  const [side, ink] = [128, 84];
  const { data } = paperMask(drawing(side, ink))!;
  let [paper, rest] = [0, 0];
  for (const [index, weight] of data.entries()) {
    const [x, y] = [index % side, Math.floor(index / side)];
    const isInk = [x, y].every((at) => at >= (side - ink) / 2 && at < (side + ink) / 2);
    if (isInk) rest += weight;
    else paper += weight;
  }
  // Weights are averaged over a window, so that some of the ink's lies on the paper.
  assert.ok(paper / rest > 0.8 && paper / rest < 2, `${paper} and ${rest}`);
  assert.ok(Math.abs(data[0]! - ink ** 2 / (side ** 2 - ink ** 2)) < 1e-3);
  assert.ok(Math.abs(data[side * side / 2 + side / 2]! - 1) < 1e-6);
});

Deno.test("paper never weighs less than 0.65 of what it is", () => {
  const { data } = paperMask(drawing(128, 16))!;
  assert.equal(data[0], Math.fround(0.65));
  assert.ok(data.every((weight) => weight >= Math.fround(0.65)));
});

Deno.test("16 bits make no difference to what is paper", () => {
  const { data, width, height } = drawing(64, 20);
  const wide = { data: Uint16Array.from(data, (value) => 257 * value), width, height };
  assert.deepEqual(paperMask(wide), paperMask({ data, width, height }));
});

Deno.test("pictures that are not mostly paper are taken as they are", async () => {
  const thirds = flat(60, 60, PAPER);
  for (let index = 0; index < thirds.data.length; index++) {
    const third = Math.floor((index >> 2) / 1200);
    if (third > 0 && index % 4 === third) thirds.data[index] = 0;
  }
  for (const picture of [thirds, grain(64, 64), flat(64, 64, PAPER)]) {
    assert.equal(paperMask(picture), undefined);
  }
  for (const name of ["mosaic.jpg", "strokes.jpg", "poppies.jpg"]) {
    const picture = await decodeImage(await Deno.readFile(example(name)));
    assert.equal(paperMask(picture), undefined, name);
  }
});
