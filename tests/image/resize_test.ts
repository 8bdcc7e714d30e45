import assert from "node:assert/strict";
import { resize, resizeShortSide } from "../../src/mod.ts";
import { examplePicture, flat, grain, largestDifference, psnr } from "../pictures.ts";

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

Deno.test("resizeShortSide() keeps the shape", async () => {
  const { width, height } = await resizeShortSide(flat(300, 200, [0, 0, 0, 255]), 50);
  assert.deepEqual([width, height], [75, 50]);
});
