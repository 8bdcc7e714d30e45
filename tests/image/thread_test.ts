import assert from "node:assert/strict";
import { concatenate } from "../../src/bytes.ts";
import { decodeImage, encodeImage, ImageError } from "../../src/mod.ts";
import { ImageThread } from "../../src/image/thread/image_thread.ts";
import { examplePicture, flat } from "../pictures.ts";

const small = await encodeImage(await examplePicture("island.jpg", 60, 40), "png");
const large = await encodeImage(flat(6000, 4000, [200, 100, 50, 255]), "png");
const damaged = small.slice(0, small.length / 2);

/** Memory of its own for each: what is given to a thread is lost. */
const copy = (bytes: Uint8Array) => bytes.slice();

Deno.test("a thread reads, resizes and writes as this one does", async () => {
  using thread = new ImageThread();
  const { pixels, format } = await thread.decode(copy(small));
  assert.equal(format, "png");
  assert.deepEqual(pixels, await decodeImage(small));
  await assert.rejects(thread.decode(copy(damaged)), ImageError);
  const picture = await decodeImage(small);
  const { width, height } = await thread.resize(picture, 30, 20);
  assert.deepEqual([width, height], [30, 20]);
  const pieces = await thread.encode(await decodeImage(small), "png", {});
  assert.deepEqual(concatenate(pieces), await encodeImage(await decodeImage(small), "png"));
});

Deno.test("a decoder that takes too long is ended, and the next files are read all the same", async () => {
  // For a picture of 24 million pixels no time is enough.
  using thread = new ImageThread((pixels) => pixels > 1e6 ? 1 : 60_000);
  for (let turn = 0; turn < 2; turn++) {
    const [slow, next, wrong, last] = await Promise.allSettled([
      thread.decode(copy(large)),
      thread.decode(copy(small)),
      thread.decode(copy(damaged)),
      thread.decode(copy(small)),
    ]);
    assert.equal(slow.status, "rejected");
    assert.ok(slow.reason instanceof ImageError, `${slow.reason}`);
    assert.equal(
      slow.reason.message,
      "It cannot be read in 1 s, far more than usual: it is damaged",
    );
    assert.ok(wrong.status === "rejected" && wrong.reason instanceof ImageError);
    for (const read of [next, last]) {
      assert.ok(read.status === "fulfilled");
      assert.deepEqual(read.value.pixels, await decodeImage(small));
    }
  }
});

Deno.test("the time of those before it does not count", async () => {
  using thread = new ImageThread((pixels) => pixels > 1e6 ? 60_000 : 2000);
  const slow = Array.from({ length: 4 }, () => thread.decode(copy(large)));
  await thread.decode(copy(small));
  await Promise.all(slow);
});
