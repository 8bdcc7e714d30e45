import assert from "node:assert/strict";
import { BACKEND_NAMES, type BackendName, probeBackend } from "../../backends/mod.ts";
import { type Pixels, resize, Stylizer } from "../../src/mod.ts";
import { toSixteenBits } from "../../src/image/pixels.ts";
import { paint } from "../../src/tiling/paint.ts";
import { examplePicture, flat, largestDifference } from "../helpers/pictures.ts";
import { missing } from "../helpers/requirements.ts";
import { loadFastest } from "../helpers/runtime.ts";

const style = await examplePicture("mosaic.jpg", 200, 200);
const smallStyle = await resize(style, 96, 96);
const small = await examplePicture("island.jpg", 418, 277);

/** White on the left, fading to black on the right. */
function fade(width: number, height: number): Pixels {
  const mask = flat(width, height, [0, 0, 0, 255]);
  for (let index = 0; index < mask.data.length; index++) {
    if (index % 4 < 3) mask.data[index] = 255 - 255 * ((index >> 2) % width) / width;
  }
  return mask;
}

/** Tiles, and a picture of several: a software WebGPU adapter would take minutes for a large one. */
const TILINGS: Record<BackendName, { width: number; height: number; tiles: number[] }> = {
  native: { width: 900, height: 600, tiles: [256, 333] },
  builtin: { width: 601, height: 397, tiles: [256, 333] },
  wasm: { width: 300, height: 200, tiles: [215] },
  webgpu: { width: 200, height: 192, tiles: [150] },
};

for (const name of BACKEND_NAMES) {
  const found = await probeBackend(name);
  Deno.test({
    name: `tiles give the picture of one pass, on ${name}`,
    ignore: missing(found.available),
    sanitizeOps: false, // Runtimes keep threads and devices until the process ends.
    sanitizeResources: false,
    async fn(t) {
      await using stylizer = await Stylizer.load({ backend: name });
      const statistics = await stylizer.encodeStyle(smallStyle);
      const { width, height, tiles } = TILINGS[name];
      const content = await examplePicture("island.jpg", width, height);
      const whole = await stylizer.stylize(content, statistics, { brush: "broad", tile: "off" });
      for (const tile of tiles) {
        await t.step(`tiles of ${tile} px`, async () => {
          const tiled = await stylizer.stylize(content, statistics, { brush: "broad", tile });
          const difference = largestDifference(tiled, whole);
          assert.ok(difference <= 1, `they differ by ${difference}`);
        });
      }
    },
  });
}

const stylizer = await loadFastest();
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

Deno.test("features that do not fit in memory are computed again", async () => {
  const whole = await stylizer.stylize(small, statistics, { tile: "off" });
  const settings = { alpha: 1, levels: stylizer.defaultLevels, tile: 128, passes: 2 };
  for (const featureBytes of [0, 2 ** 30]) {
    const tiled = await paint(stylizer.network, small, [{ style: statistics }], {
      ...settings,
      featureBytes,
    });
    assert.ok(largestDifference(tiled, whole) <= 1, `${featureBytes} bytes for features`);
  }
});

Deno.test("a brush paints in as many passes as it is broad, in tiles as in one piece", async () => {
  const content = await examplePicture("island.jpg", 401, 385);
  const results: Pixels[] = [];
  for (const brush of ["fine", "medium", "broad"] as const) {
    const whole = await stylizer.stylize(content, statistics, { brush, tile: "off" });
    const tiled = await stylizer.stylize(content, statistics, { brush, tile: 120 });
    assert.ok(largestDifference(tiled, whole) <= 1, brush);
    // The content's own statistics, measured pass by pass, change nothing.
    const moments = await stylizer.measure(content, [{ style: statistics }], { brush });
    assert.equal(moments.length, 1 + results.length);
    const matching = { prepared: await stylizer.prepare(moments) };
    const matched = await stylizer.stylize(content, statistics, { brush, matching });
    assert.ok(largestDifference(matched, whole) <= 1, `${brush}, matched`);
    for (const other of results) assert.ok(largestDifference(whole, other) > 16, brush);
    results.push(whole);
  }
  const tooFew = stylizer.measure(content, [{ style: statistics }], { brush: "fine" });
  const matching = { prepared: await stylizer.prepare(await tooFew) };
  await assert.rejects(
    stylizer.stylize(content, statistics, { matching, brush: "broad" }),
    /^RangeError: matching\.prepared\.length must be 3 or more, not 1$/,
  );
});

Deno.test("what is made of a draft is what the next pass paints over", async () => {
  const seen: (readonly [number, number, number])[] = [];
  const gray = await stylizer.stylize(small, statistics, {
    brush: "medium",
    reviseDraft(draft, content, scale) {
      seen.push([draft.width, content.height, scale]);
      return flat(draft.width, draft.height, [128, 128, 128, 255]);
    },
  });
  assert.deepEqual(seen, [[209, 139, 1]]);
  const kept = await stylizer.stylize(small, statistics, {
    brush: "medium",
    reviseDraft: (draft) => draft,
  });
  const plain = await stylizer.stylize(small, statistics, { brush: "medium" });
  assert.ok(largestDifference(kept, plain) <= 8); // But for its 8 bits.
  assert.ok(largestDifference(gray, plain) > 40);
});

Deno.test("passes with regions, strength, levels and 16 bits: tiles give the picture of one piece", async () => {
  const other = await stylizer.encodeStyle(await examplePicture("strokes.jpg", 160, 128));
  const content = toSixteenBits(await examplePicture("island.jpg", 401, 385));
  const regions = [{ style: statistics, mask: fade(50, 30) }, { style: other }];
  const options = { alpha: 0.9, levels: [1, 2, 3, 4], colorOnly: true, brush: "broad" } as const;
  const whole = await stylizer.stylizeRegions(content, regions, { ...options, tile: "off" });
  const tiled = await stylizer.stylizeRegions(content, regions, { ...options, tile: 150 });
  assert.ok(whole.data instanceof Uint16Array);
  const difference = whole.data.reduce(
    (max, value, index) => Math.max(max, Math.abs(value - tiled.data[index]!)),
    0,
  );
  assert.ok(difference <= 257, `${difference} of 65535`);
});

Deno.test("outside its mask, a style leaves the picture as it is, with passes, too", async () => {
  const content = await examplePicture("island.jpg", 400, 400);
  const mask = flat(400, 400, [0, 0, 0, 255]);
  mask.data.fill(255, 0, 4 * 400 * 100);
  const result = await stylizer.stylize(content, statistics, { mask, brush: "broad" });
  const [upper, lower] = [4 * 400 * 100, 4 * 400 * 101];
  assert.deepEqual(result.data.subarray(lower), content.data.subarray(lower));
  assert.notDeepEqual(result.data.subarray(0, upper), content.data.subarray(0, upper));
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
      for (const [index, scale] of whole.scales.entries()) {
        for (const part of ["mean", "covariance", "matrices", "seedMatrices"] as const) {
          const max = Math.max(1e-3, ...scale[part].map(Math.abs));
          const other = tiled.scales[index]![part];
          const apart = Math.max(...scale[part].map((value, at) => Math.abs(value - other[at]!)));
          assert.ok(apart < 1e-3 * max, `${part} of scale ${index}: ${apart} of ${max}`);
        }
      }
    }
  }
});
