import assert from "node:assert/strict";
import { resizeRows } from "../../src/image/resize_rows.ts";
import { ImageError, matchColors, type Pixels, resize, resizeShortSide } from "../../src/mod.ts";
import { examplePicture, flat, grain, largestDifference, psnr } from "../helpers/pictures.ts";

Deno.test("resize() leaves a flat picture flat", async () => {
  const small = await resize(flat(90, 61, [10, 120, 240, 255]), 31, 77);
  assert.ok(largestDifference(small, flat(31, 77, [10, 120, 240, 255])) <= 1);
});

Deno.test("resize() averages what it makes smaller", async () => {
  const small = await resize(grain(256, 256), 8, 8);
  for (let index = 0; index < small.data.length; index += 4) {
    assert.ok(Math.abs(small.data[index]! - 127.5) < 25, "nearest neighbour would keep the noise");
  }
});

Deno.test("resize() brings a smooth picture back", async () => {
  const picture = await examplePicture("island.jpg", 120, 80);
  const again = await resize(await resize(picture, 360, 240), 120, 80);
  assert.ok(psnr(again, picture) > 35);
});

/** Pixels as browsers have them: the values are getters of the prototype. */
class BrowserPixels implements Pixels {
  readonly #pixels: Pixels;
  constructor(pixels: Pixels) {
    this.#pixels = pixels;
  }
  get data() {
    return this.#pixels.data;
  }
  get width() {
    return this.#pixels.width;
  }
  get height() {
    return this.#pixels.height;
  }
}

Deno.test("resize() and matchColors() take pixels whose values are getters, as ImageData's", async () => {
  const picture = await examplePicture("island.jpg", 60, 40);
  const [as, is] = [new BrowserPixels(picture), picture];
  assert.deepEqual(await resize(as, 30, 20), await resize(is, 30, 20));
  assert.deepEqual(matchColors(as, is), matchColors(is, is));
});

Deno.test("resizeShortSide() keeps the shape", async () => {
  const { width, height } = await resizeShortSide(flat(300, 200, [0, 0, 0, 255]), 50);
  assert.deepEqual([width, height], [75, 50]);
});

Deno.test("resizeShortSide() refuses to make more pixels than any picture may have", async () => {
  const picture = flat(300, 200, [0, 0, 0, 255]);
  await assert.rejects(
    resizeShortSide(picture, 20_000, 1000),
    new ImageError(
      "The picture would have 30000×20000 px, more than the limit of 400 MP",
    ),
  );
  assert.equal((await resizeShortSide(picture, 400, 1000)).width, 600);
});

Deno.test("resizeRows() does in 8 bits what resize() does", async () => {
  const picture = await examplePicture("island.jpg", 192, 128);
  const data = picture.data.map((value, index) => index % 4 === 3 ? 128 + index % 128 : value);
  for (const [width, height] of [[61, 40], [300, 200]] as const) {
    const rows = resizeRows({ ...picture, data }, width, height);
    const difference = largestDifference(rows, await resize({ ...picture, data }, width, height));
    assert.ok(difference <= 2, `${difference}`);
  }
});

Deno.test("a picture of more pixels than the resampler can hold is made smaller", async () => {
  const side = 13_000;
  const data = new Uint8ClampedArray(4 * side ** 2).fill(200);
  const { width, height } = await resize({ data, width: side, height: side }, 8, 8);
  assert.deepEqual([width, height], [8, 8]);
});
