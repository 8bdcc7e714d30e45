import assert from "node:assert/strict";
import { mixStyles, type Pixels } from "../../src/mod.ts";
import { type ClipOptions, type ClipStyle, fadeStyle, stylizeClip } from "../../src/video/mod.ts";
import { examplePicture, grain, largestDifference, psnr } from "../helpers/pictures.ts";
import { crop } from "../../src/image/pixels.ts";
import { loadFastest } from "../helpers/runtime.ts";

const stylizer = await loadFastest();
const mosaic = await stylizer.encodeStyle(await examplePicture("mosaic.jpg", 128, 128));
const strokes = await stylizer.encodeStyle(await examplePicture("strokes.jpg", 128, 128));

/** A scene that stands still, but for a bright thing that grows at its left edge. */
const scene = await examplePicture("island.jpg", 288, 64);
const frames = [8, 24, 40, 56].map((side): Pixels => {
  const data = scene.data.slice();
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) data.set([255, 40, 255], 4 * (y * scene.width + x));
  }
  return { ...scene, data };
});
const { encoder, decoder } = stylizer.network.manifest.radius;
/** Further from the thing than the networks see. */
const still = { left: 64 + encoder + decoder, top: 0, width: 64, height: 64 };

async function stylize(style: ClipStyle, options: ClipOptions = {}) {
  const result: Pixels[] = [];
  const clip = stylizeClip(stylizer, frames, frames, style, options);
  for await (const frame of clip) result.push(frame);
  return result;
}

/** Largest change between frames where nothing moves, 0..255. */
function flicker(clip: Pixels[]): number {
  const parts = clip.map((frame) => crop(frame, still));
  return Math.max(...parts.slice(1).map((part, i) => largestDifference(part, parts[i]!)));
}

Deno.test("what stands still stays still with the statistics of the clip, and only then", async () => {
  assert.ok(still.left + still.width <= scene.width);
  const shared = await stylize([{ style: mosaic }], { statistics: "clip" });
  assert.equal(flicker(shared), 0);
  const own = await stylize([{ style: mosaic }], { statistics: "frame", stabilization: 0 });
  assert.ok(flicker(own) >= 8, `${flicker(own)}`);
  const running = await stylize([{ style: mosaic }], { statistics: "running", stabilization: 0 });
  assert.ok(flicker(running) > 0 && flicker(running) < flicker(own), `${flicker(running)}`);
});

Deno.test("the statistics of a frame are those of a picture", async () => {
  const own = await stylize([{ style: mosaic }], { statistics: "frame", stabilization: 0 });
  const picture = await stylizer.stylize(frames[2]!, mosaic);
  assert.equal(largestDifference(own[2]!, picture), 0);
});

Deno.test("a clip of one picture looks as the picture does, whatever the statistics", async () => {
  const noise = grain(64, 48);
  const picture = await stylizer.stylize(noise, mosaic);
  for (const statistics of ["clip", "running"] as const) {
    const clip = stylizeClip(stylizer, [noise, noise], [noise, noise], [{ style: mosaic }], {
      statistics,
    });
    for await (const frame of clip) assert.ok(largestDifference(frame, picture) <= 1, statistics);
  }
});

Deno.test("running statistics forget by half lives", async () => {
  const last = async (halfLife: number) => {
    const options = { statistics: "running", halfLife, stabilization: 0 } as const;
    const clip = stylizeClip(stylizer, [...frames, scene], [], [{ style: mosaic }], options);
    let latest: Pixels | undefined;
    for await (const frame of clip) latest = frame;
    return latest!;
  };
  const own = await stylizer.stylize(scene, mosaic);
  assert.ok(largestDifference(await last(0.05), own) <= 1);
  assert.ok(largestDifference(await last(50), own) > 4);
});

Deno.test("running statistics begin anew with another scene", async () => {
  const other = await examplePicture("coffee.jpg", 288, 64);
  const clip = stylizeClip(stylizer, [...frames, other], [], [{ style: mosaic }], {
    ...{ statistics: "running", halfLife: 50 },
  });
  const [last] = (await Array.fromAsync(clip)).slice(-1);
  assert.ok(largestDifference(last!, await stylizer.stylize(other, mosaic)) <= 1);
});

Deno.test("noise in a clip is not painted anew in each frame", async () => {
  const noise = grain(288, 64 * 6).data;
  const noisy = Array.from({ length: 6 }, (_, index): Pixels => ({
    ...scene,
    data: scene.data.map((value, i) =>
      i % 4 === 3 ? 255 : value + (noise[i + index * scene.data.length]! - 128) / 16
    ),
  }));
  const change = async (stabilization: number) => {
    const clip = stylizeClip(stylizer, noisy, noisy, [{ style: mosaic }], { stabilization });
    const [before, last] = (await Array.fromAsync(clip)).slice(-2);
    return psnr(before!, last!);
  };
  const [without, by] = [await change(0), await change(0.9)];
  assert.ok(by > without + 8, `${without} dB became ${by} dB`);
});

Deno.test("a scene of several passes is as steady at its beginning as further on", async () => {
  const [width, height, step] = [288, 200, 5];
  const noise = grain(width, 8 * height).data;
  const pan = (picture: Pixels) =>
    Array.from({ length: 8 }, (_, index): Pixels => {
      const view = crop(picture, { left: step * index, top: 0, width, height });
      const start = index * view.data.length;
      view.data.forEach((value, at) => {
        if (at % 4 < 3) view.data[at] = value + (noise[start + at]! - 128) / 16;
      });
      return view;
    });
  const [island, coffee] = await Promise.all(
    ["island.jpg", "coffee.jpg"].map((name) => examplePicture(name, width + 7 * step, height)),
  );
  const clip = [...pan(island!), ...pan(coffee!)];
  const result = await Array.fromAsync(stylizeClip(stylizer, clip, clip, [{ style: mosaic }]));
  const inner = { top: 16, width: width - 64, height: height - 32 };
  // Where a frame shows what the next one does, one is laid on the other.
  const alike = result.slice(1).map((frame, index) =>
    psnr(crop(frame, { ...inner, left: 32 }), crop(result[index]!, { ...inner, left: 32 + step }))
  );
  for (const [first, ...others] of [alike.slice(0, 7), alike.slice(8)]) {
    const usual = others.reduce((sum, value) => sum + value) / others.length;
    assert.ok(first! > usual - 2.5, `${first} dB, and ${usual} dB further on`);
  }
});

Deno.test("a clip has one transformation by regions, too", async () => {
  const mask: Pixels = { ...scene, data: scene.data.map((_, i) => (i >> 2) % 288 < 100 ? 0 : 255) };
  const regions = [{ style: mosaic, mask }, { style: strokes }];
  assert.equal(flicker(await stylize(regions)), 0);
});

Deno.test("a style becomes another over the clip", async () => {
  const fade = fadeStyle(mosaic, strokes, 4);
  assert.deepEqual(fade(0), mosaic);
  assert.deepEqual(fade(3), strokes);
  const third = mixStyles([{ style: mosaic, weight: 2 }, { style: strokes, weight: 1 }]);
  third.scales.forEach(({ mean }, scale) =>
    mean.forEach((value, i) => assert.ok(Math.abs(value - fade(1).scales[scale]!.mean[i]!) < 1e-6))
  );
  const [faded, from, to] = await Promise.all(
    [(index: number) => [{ style: fade(index) }], [{ style: mosaic }], [{ style: strokes }]]
      .map((style) => stylize(style, { stabilization: 0 })),
  );
  assert.ok(largestDifference(faded![0]!, from![0]!) <= 1);
  assert.ok(largestDifference(faded![3]!, to![3]!) <= 1);
  assert.ok(flicker(faded!) > 0);
});

Deno.test("a frame that is repeated is not stylized again", async () => {
  const [a, b] = [frames[0]!, frames[3]!];
  const stylized = await Array.fromAsync(
    stylizeClip(stylizer, [a, a, a, b], [a, b], [{ style: mosaic }], { stabilization: 0 }),
  );
  assert.equal(stylized.length, 4);
  assert.ok(stylized[0] === stylized[1] && stylized[1] === stylized[2]);
  const once = await Array.fromAsync(
    stylizeClip(stylizer, [a, b], [a, b], [{ style: mosaic }], { stabilization: 0 }),
  );
  assert.equal(largestDifference(stylized[2]!, once[0]!), 0);
  assert.equal(largestDifference(stylized[3]!, once[1]!), 0);
});

Deno.test("an abort ends a clip before its next frame", async () => {
  const controller = new AbortController();
  const clip = stylizeClip(stylizer, frames, frames, [{ style: mosaic }], {
    signal: controller.signal,
  });
  assert.equal((await clip.next()).done, false);
  controller.abort();
  await assert.rejects(clip.next(), { name: "AbortError" });
});
