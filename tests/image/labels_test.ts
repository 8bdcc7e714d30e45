import assert from "node:assert/strict";
import { matchLabels, type Pixels } from "../../src/image/mod.ts";
import { flat, grain } from "../helpers/pictures.ts";

const [BLUE, GREEN, RED, WHITE] = [[0, 0, 255], [0, 255, 0], [255, 0, 0], [255, 255, 255]];

/** A picture of columns, each of a color. */
function columns(...parts: [width: number, color: number[]][]): Pixels {
  const width = parts.reduce((sum, [part]) => sum + part, 0);
  const picture = flat(width, 20, [0, 0, 0, 255]);
  for (let y = 0; y < 20; y++) {
    let x = 0;
    for (const [part, color] of parts) {
      for (const end = x + part; x < end; x++) picture.data.set(color, 4 * (y * width + x));
    }
  }
  return picture;
}

/** Columns that are white in the first row of a mask. */
function whiteIn(mask: Pixels | undefined): number[] | undefined {
  return mask && Array.from({ length: mask.width }, (_, x) => x)
    .filter((x) => mask.data[4 * x] === 255);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

Deno.test("regions of one color go together, wherever they are", () => {
  const { regions, notes } = matchLabels(
    columns([30, BLUE!], [70, GREEN!]),
    columns([40, GREEN!], [10, BLUE!]),
  );
  const found = regions.map(({ mask, styleMask }) => [whiteIn(mask), whiteIn(styleMask)]);
  assert.deepEqual(found, [[range(30, 100), range(0, 40)], [range(0, 30), range(40, 50)]]);
  assert.deepEqual(notes, []);
});

Deno.test("a color that is slightly off goes with the nearest", () => {
  const { regions, notes } = matchLabels(
    columns([50, [250, 4, 3]], [50, [1, 250, 9]]),
    columns([25, GREEN!], [25, RED!]),
  );
  assert.deepEqual(regions.map(({ styleMask }) => whiteIn(styleMask)), [
    range(25, 50),
    range(0, 25),
  ]);
  assert.deepEqual(notes, []);
});

Deno.test("a region that one side lacks is told", () => {
  const { regions, notes } = matchLabels(
    columns([50, BLUE!], [50, RED!]),
    columns([50, BLUE!], [50, WHITE!]),
  );
  assert.deepEqual(regions.map(({ styleMask }) => whiteIn(styleMask)), [range(0, 50), undefined]);
  assert.deepEqual(notes, [
    "the style has no region of the color #ff0000: all of it is used there",
    "the content has no region of the style's color #ffffff",
  ]);
});

Deno.test("a region of less than a hundredth is merged into what is around it", () => {
  const content = columns([150, BLUE!], [1, RED!], [149, BLUE!], [100, GREEN!]);
  const { regions } = matchLabels(content, columns([50, BLUE!], [50, GREEN!]));
  const found = regions.map(({ mask }) => whiteIn(mask));
  assert.deepEqual(found, [range(0, 300), range(300, 400)]);
});

Deno.test("the blurred borders of a JPEG of labels belong to its regions", () => {
  const content = flat(300, 20, [0, 0, 0, 255]);
  for (let pixel = 0; pixel < 6000; pixel++) {
    const red = 255 * Math.min(1, Math.max(0, (pixel % 300 - 140) / 3));
    content.data.set([red - pixel % 7, pixel % 11, pixel % 13], 4 * pixel);
  }
  const { regions, notes } = matchLabels(content, columns([50, [0, 0, 0]], [50, RED!]));
  assert.deepEqual(notes, []);
  assert.equal(regions.reduce((sum, { mask }) => sum + whiteIn(mask)!.length, 0), 300);
  assert.equal(regions.length, 2);
});

Deno.test("numbers of labels as grays are told apart, however near", () => {
  const { regions, notes } = matchLabels(
    columns([40, [1, 1, 1]], [60, [2, 2, 2]]),
    columns([50, [2, 2, 2]], [50, [4, 4, 4]]),
  );
  assert.deepEqual(regions.map(({ styleMask }) => whiteIn(styleMask)), [range(0, 50), undefined]);
  assert.equal(notes.length, 2);
});

Deno.test("a photograph is refused where labels are asked for", () => {
  const labels = columns([50, BLUE!], [50, GREEN!]);
  const photograph = grain(120, 90);
  const refusal = (whose: string) => ({
    name: "ImageError",
    message:
      `The ${whose}'s label picture has too many colors: each region must have one of its own`,
  });
  assert.throws(() => matchLabels(photograph, labels), refusal("content"));
  assert.throws(() => matchLabels(labels, photograph), refusal("style"));
});
