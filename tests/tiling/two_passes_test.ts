import assert from "node:assert/strict";
import { BACKEND_NAMES, probeBackend } from "../../backends/mod.ts";
import { type Pixels, Stylizer } from "../../src/mod.ts";
import { stylizeInTiles } from "../../src/tiling/two_passes.ts";
import { examplePicture, flat, largestDifference } from "../helpers/pictures.ts";
import { missing } from "../helpers/requirements.ts";
import { FASTEST } from "../helpers/runtime.ts";

const style = await examplePicture("mosaic.jpg", 200, 200);
const small = await examplePicture("island.jpg", 418, 277);

/** White on the left, fading to black on the right. */
function fade(width: number, height: number): Pixels {
  const mask = flat(width, height, [0, 0, 0, 255]);
  for (let index = 0; index < mask.data.length; index++) {
    if (index % 4 < 3) mask.data[index] = 255 - 255 * ((index >> 2) % width) / width;
  }
  return mask;
}

for (const name of BACKEND_NAMES) {
  const found = await probeBackend(name);
  Deno.test({
    name: `tiles give the picture of one pass, on ${name}`,
    ignore: missing(found.available),
    sanitizeOps: false, // Runtimes keep threads and devices until the process ends.
    sanitizeResources: false,
    async fn(t) {
      await using stylizer = await Stylizer.load({ backend: name });
      const statistics = await stylizer.encodeStyle(style);
      // A software WebGPU adapter would take minutes for a large picture.
      const isFast = name === FASTEST;
      const content = isFast ? await examplePicture("island.jpg", 1536, 1024) : small;
      const whole = await stylizer.stylize(content, statistics, { tile: "off" });
      for (const tile of isFast ? [256, 512, 333] : [256, 215]) {
        await t.step(`tiles of ${tile} px`, async () => {
          const tiled = await stylizer.stylize(content, statistics, { tile });
          const difference = largestDifference(tiled, whole);
          assert.ok(difference <= 1, `they differ by ${difference}`);
        });
      }
    },
  });
}

const stylizer = await Stylizer.load({ backend: FASTEST });
const statistics = await stylizer.encodeStyle(style);

Deno.test("tiles of any size give the picture of one pass, masks and colours included", async () => {
  const other = await stylizer.encodeStyle(await examplePicture("strokes.jpg", 160, 128));
  const regions = [{ style: statistics, mask: fade(100, 60) }, { style: other }];
  const options = { alpha: 0.8, preserveColor: "luminance" } as const;
  const whole = await stylizer.stylizeRegions(small, regions, { ...options, tile: "off" });
  for (const tile of [64, 101, 270, 5000]) {
    const tiled = await stylizer.stylizeRegions(small, regions, { ...options, tile });
    assert.ok(largestDifference(tiled, whole) <= 1, `tiles of ${tile} px`);
  }
});

Deno.test("features that do not fit between the passes are computed again", async () => {
  const whole = await stylizer.stylize(small, statistics, { tile: "off" });
  const settings = { alpha: 1, levels: stylizer.defaultLevels, tile: 128 };
  for (const featureBytes of [0, 2 ** 30]) {
    const tiled = await stylizeInTiles(stylizer.network, small, [{ style: statistics }], {
      ...settings,
      featureBytes,
    });
    assert.ok(largestDifference(tiled, whole) <= 1, `${featureBytes} bytes for features`);
  }
});

Deno.test("in place, the result has the content's memory", async () => {
  const content = { ...small, data: small.data.slice() };
  const whole = await stylizer.stylize(small, statistics);
  const result = await stylizer.stylize(content, statistics, { tile: 96, inPlace: true });
  assert.equal(result.data, content.data);
  assert.ok(largestDifference(result, whole) <= 1);
});

Deno.test("timers and signals have their turn between tiles", async () => {
  // The networks are loaded by then: while files are read, everything has its turn.
  await stylizer.stylize(await examplePicture("island.jpg", 96, 64), statistics, { tile: 64 });
  const controller = new AbortController();
  const { signal } = controller;
  setTimeout(() => controller.abort());
  const stopped = stylizer.stylize(small, statistics, { tile: 64, signal });
  await assert.rejects(stopped, { name: "AbortError" });
});

Deno.test("progress goes from 0 to 1, and an abort stops between tiles", async () => {
  const shares: number[] = [];
  await stylizer.stylize(small, statistics, { tile: 128, onProgress: (s) => shares.push(s) });
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
  assert.equal(shares.at(-1), 1);
  const controller = new AbortController();
  const stopped = stylizer.stylize(small, statistics, {
    tile: 128,
    signal: controller.signal,
    onProgress: (share) => share > 0.3 && controller.abort(),
  });
  await assert.rejects(stopped, { name: "AbortError" });
});

Deno.test("a style is the same in tiles of any size, with a mask, too", async () => {
  for (const mask of [undefined, fade(100, 60)]) {
    const whole = await stylizer.encodeStyle(small, { ...mask && { mask }, tile: "off" });
    for (const tile of [64, 130]) {
      const tiled = await stylizer.encodeStyle(small, { ...mask && { mask }, tile });
      for (const part of ["mean", "covariance", "matrices"] as const) {
        const scale = Math.max(...whole[part].map(Math.abs));
        const apart = whole[part].map((value, index) => Math.abs(value - tiled[part][index]!));
        assert.ok(Math.max(...apart) < 1e-3 * scale, `${part}: ${Math.max(...apart)} of ${scale}`);
      }
    }
  }
});
