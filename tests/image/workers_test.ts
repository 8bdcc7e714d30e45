import assert from "node:assert/strict";
import { concatenate } from "../../src/util/bytes.ts";
import { CodecThreads, decodeImage, encodeImage, ImageError } from "../../src/image/mod.ts";
import { examplePicture } from "../helpers/pictures.ts";

const small = await encodeImage(await examplePicture("island.jpg", 60, 40), "png");
const damaged = small.slice(0, small.length / 2);

/** Memory of its own for each: what is given to a threads is lost. */
const copy = (bytes: Uint8Array) => bytes.slice();

Deno.test("threads read, resizes and writes as this one does", async () => {
  using threads = new CodecThreads();
  const { pixels, format } = await threads.decode(copy(small));
  assert.equal(format, "png");
  assert.deepEqual(pixels, await decodeImage(small));
  await assert.rejects(threads.decode(copy(damaged)), ImageError);
  const picture = await decodeImage(small);
  const { width, height } = await threads.resize(picture, 30, 20);
  assert.deepEqual([width, height], [30, 20]);
  const pieces = await threads.encode(await decodeImage(small), "png", {});
  assert.deepEqual(concatenate(pieces), await encodeImage(await decodeImage(small), "png"));
});

/**
 * A JPEG of a few hundred thousand scans, each a pass over all of its pixels: one that would take
 * a decoder hours.
 */
function endless(): Uint8Array<ArrayBuffer> {
  const [side, scans] = [4000, 400_000];
  const [high, low] = [side >> 8, side & 255];
  const head = Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...Array(64).fill(1)], // Each step of a coefficient is 1.
    ...[0xff, 0xc2, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0], // Progressive, grey.
    ...[0xff, 0xc4, 0, 20, 0x10, 1, ...Array(15).fill(0), 0xe0], // Code 0: 2^14 empty blocks.
  ]);
  const code = Array(Math.ceil(15 / 8 * Math.ceil((side / 8) ** 2 / 2 ** 14))).fill(0);
  const scan = Uint8Array.from([0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, ...code]);
  const file = new Uint8Array(head.length + scans * scan.length + 2);
  file.set(head);
  for (let index = 0; index < scans; index++) file.set(scan, head.length + index * scan.length);
  file.set([0xff, 0xd9], file.length - 2);
  return file;
}

const LIMIT = 1500;
const limitOf = (pixels: number) => pixels > 1e6 ? LIMIT : 600_000;
const TOO_LONG = new ImageError(
  "The file took longer to decode than 2 s, far more than usual: it is damaged",
  { code: "too-slow" },
);

Deno.test("a decoder that takes too long is ended, and the next files are read all the same", async () => {
  using threads = new CodecThreads(limitOf);
  const hours = endless();
  for (let turn = 0; turn < 2; turn++) {
    const [slow, next, wrong, last] = await Promise.allSettled([
      threads.decode(copy(hours)),
      threads.decode(copy(small)),
      threads.decode(copy(damaged)),
      threads.decode(copy(small)),
    ]);
    assert.ok(slow.status === "rejected");
    assert.deepEqual(slow.reason, TOO_LONG);
    assert.ok(wrong.status === "rejected" && wrong.reason instanceof ImageError);
    for (const read of [next, last]) {
      assert.ok(read.status === "fulfilled");
      assert.deepEqual(read.value.pixels, await decodeImage(small));
    }
  }
});

Deno.test("the time of those before it does not count", async () => {
  using threads = new CodecThreads(limitOf);
  const hours = endless();
  const ends = await Promise.all([1, 2].map(async () => {
    await assert.rejects(threads.decode(copy(hours)), TOO_LONG);
    return performance.now();
  }));
  // Else the second, which has waited for as long as it may take, would be ended with the first.
  const apart = ends[1]! - ends[0]!;
  assert.ok(apart > LIMIT / 2, `${apart} ms`);
});
