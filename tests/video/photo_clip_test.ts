import assert from "node:assert/strict";
import type { Pixels } from "../../src/mod.ts";
import { crop } from "../../src/image/pixels.ts";
import { type ClipLook, fadeStyle, stylizeClip } from "../../src/video/mod.ts";
import { examplePicture } from "../helpers/pictures.ts";
import { loadFastest } from "../helpers/runtime.ts";

const stylizer = await loadFastest();
const coffee = await stylizer.encodeStyle(await examplePicture("coffee.jpg", 256, 192));
const rocket = await stylizer.encodeStyle(await examplePicture("rocket.jpg", 256, 192));
const [island, astronaut] = [
  await examplePicture("island.jpg", 192, 128),
  await examplePicture("astronaut.jpg", 192, 128),
];

/** A scene with a bright thing that moves across it. */
function scene(background: Pixels, count: number): Pixels[] {
  return Array.from({ length: count }, (_, index) => {
    const data = background.data.slice();
    for (let y = 20; y < 40; y++) {
      for (let x = 8 * index; x < 8 * index + 20; x++) {
        data.set([250, 240, 90], 4 * (192 * y + x));
      }
    }
    return { ...background, data };
  });
}

async function stylize(frames: Pixels[], options = {}): Promise<Pixels[]> {
  const clip = stylizeClip(stylizer, frames, frames, [{ style: coffee }], {
    photo: true,
    ...options,
  });
  return await Array.fromAsync(clip);
}

/** Mean change from a frame to the next where nothing moves, 0 to 255. */
function flicker(clip: Pixels[]): number {
  let [sum, count] = [0, 0];
  for (let index = 1; index < clip.length; index++) {
    for (let at = 4 * 192 * 60; at < 4 * 192 * 128; at++, count++) {
      sum += Math.abs(clip[index]!.data[at]! - clip[index - 1]!.data[at]!);
    }
  }
  return sum / count;
}

function meanDifference(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) / a.data.length;
}

Deno.test("a clip of photographs does not flicker, with statistics of any kind", async () => {
  const frames = scene(island, 10);
  for (const statistics of ["clip", "running", "frame"]) {
    const clip = await stylize(frames, { statistics });
    assert.equal(clip.length, 10);
    assert.ok(flicker(clip) < 0.6, `${statistics}: ${flicker(clip)}`);
  }
});

Deno.test("a clip's first photograph looks as the picture does", async () => {
  const [first] = await stylize(scene(island, 1), { statistics: "frame" });
  const picture = await stylizer.stylize(scene(island, 1)[0]!, coffee, { photo: true });
  assert.deepEqual(first!.data, picture.data);
});

Deno.test("a clip's map begins anew with a scene, and leaves nothing of the one before", async () => {
  const settings = { statistics: "frame" };
  const clip = await stylize([...scene(island, 4), ...scene(astronaut, 4)], settings);
  const alone = await stylize(scene(astronaut, 4), settings);
  for (const [index, frame] of alone.entries()) {
    assert.ok(meanDifference(clip[4 + index]!, frame) < 0.01, `frame ${index}`);
  }
});

Deno.test("a mask holds for a clip, whatever moves across its border", async () => {
  // White on the left, but for a soft border: what moves is in both halves in turn.
  const data = new Uint8ClampedArray(4 * 192 * 128).fill(255);
  for (let at = 0; at < data.length; at += 4) {
    if (at / 4 % 192 >= 96) data.fill(0, at, at + 3);
  }
  const frames = scene(island, 16);
  const clip = await Array.fromAsync(
    stylizeClip(stylizer, frames, frames, [{ style: coffee, mask: { ...island, data } }], {
      photo: true,
    }),
  );
  assert.ok(flicker(clip) < 0.6, `${flicker(clip)}`);
  const part = (pixels: Pixels, left: number) =>
    crop(pixels, { left, top: 0, width: 80, height: 128 });
  for (const [index, frame] of frames.entries()) {
    assert.ok(meanDifference(part(clip[index]!, 112), part(frame, 112)) < 1, `frame ${index}`);
    assert.ok(meanDifference(part(clip[index]!, 0), part(frame, 0)) > 5, `frame ${index}`);
  }
});

Deno.test("a clip's look is that of all scenes, each by its length", async () => {
  const lookOf = async (frames: Pixels[]) => {
    const looks: ClipLook[] = [];
    await stylize(frames, { statistics: "frame", onLook: (look: ClipLook) => looks.push(look) });
    assert.equal(looks.length, 1);
    return { scenes: looks[0]!.scenes, table: looks[0]!.map.toLut(5).values };
  };
  const copies = (picture: Pixels, count: number) =>
    Array.from({ length: count }, () => ({ ...picture }));
  const [sea, space] = [await lookOf(copies(island, 2)), await lookOf(copies(astronaut, 2))];
  const photo = await stylizer.fitPhoto(island, [{ style: coffee }]);
  photo.toLut(5).values.forEach((value, at) => assert.ok(Math.abs(value - sea.table[at]!) < 1e-3));
  const apart = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0);
  const long = await lookOf([...copies(island, 12), ...copies(astronaut, 2)]);
  const short = await lookOf([...copies(island, 2), ...copies(astronaut, 12)]);
  assert.deepEqual([sea.scenes, long.scenes], [1, 2]);
  assert.ok(apart(long.table, sea.table) < 0.8 * apart(short.table, sea.table));
  assert.ok(apart(short.table, space.table) < 0.8 * apart(long.table, space.table));
});

Deno.test("a clip of strength 0 is the clip", async () => {
  const frames = scene(island, 3);
  const clip = await stylize(frames, { alpha: 0 });
  for (const [index, frame] of frames.entries()) assert.deepEqual(clip[index]!.data, frame.data);
});

Deno.test("a clip of photographs turns from one style to another", async () => {
  const frames = scene(island, 12);
  const fade = fadeStyle(coffee, rocket, frames.length);
  const clip = await Array.fromAsync(
    stylizeClip(stylizer, frames, frames, (index) => [{ style: fade(index) }], { photo: true }),
  );
  const [from, to] = [coffee, rocket].map((style) =>
    stylizer.stylize(frames[0]!, style, { photo: true })
  );
  assert.ok(meanDifference(clip[0]!, await from!) < meanDifference(clip[0]!, await to!));
  assert.ok(meanDifference(clip[11]!, clip[0]!) > 4);
});
