import assert from "node:assert/strict";
import { decodeImage, encodeImage, ImageError } from "../../src/mod.ts";
import { crop, paste } from "../../src/image/pixels.ts";
import { example } from "../helpers/program.ts";
import { examplePicture, flat, largestDifference, psnr } from "../helpers/pictures.ts";

/** A picture with every transparency. */
async function translucent() {
  const picture = await examplePicture("island.jpg", 97, 61);
  picture.data.forEach((_, index) => {
    if (index % 4 === 3) picture.data[index] = (index >> 2) % 256;
  });
  return picture;
}

Deno.test("PNG, TIFF and WebP at 100 keep every pixel, also where it is transparent", async () => {
  const picture = await translucent();
  for (const format of ["png", "tiff", "webp"] as const) {
    const again = await decodeImage(await encodeImage(picture, format, { quality: 100 }));
    assert.equal(largestDifference(again, picture), 0, format);
  }
});

Deno.test("WebP keeps transparency at any quality, AVIF at its default", async () => {
  const picture = await translucent();
  for (const [format, settings] of [["webp", { quality: 30 }], ["avif", {}]] as const) {
    const again = await decodeImage(await encodeImage(picture, format, settings));
    const worst = again.data.reduce(
      (most, value, i) => i % 4 === 3 ? Math.max(most, Math.abs(value - picture.data[i]!)) : most,
      0,
    );
    assert.ok(worst <= 2, `${format}: ${worst}`);
  }
});

Deno.test("JPEG, WebP and AVIF come close, closer with more quality", async () => {
  const picture = await examplePicture("island.jpg", 192, 128);
  for (const format of ["jpeg", "webp", "avif"] as const) {
    const [low, high] = await Promise.all(
      [30, 100].map(async (quality) =>
        psnr(await decodeImage(await encodeImage(picture, format, { quality })), picture)
      ),
    );
    assert.ok(high! > 35 && high! > low! + 5, `${format}: ${low} dB, ${high} dB`);
  }
});

Deno.test("a JPEG that is encoded fast is as close, in one scan, and somewhat larger", async () => {
  const picture = await examplePicture("island.jpg", 192, 128);
  const encode = (effort: "size" | "speed") => encodeImage(picture, "jpeg", { effort });
  const [small, fast] = await Promise.all([encode("size"), encode("speed")]);
  const [one, other] = await Promise.all([small, fast].map((bytes) => decodeImage(bytes)));
  assert.ok(Math.abs(psnr(one!, picture) - psnr(other!, picture)) < 1);
  assert.ok(fast.length > small.length && fast.length < 1.1 * small.length, `${fast.length}`);
  const scans = (bytes: Uint8Array) => bytes.toHex().split("ffda").length - 1;
  assert.ok(scans(small) > 1);
  assert.equal(scans(fast), 1);
});

Deno.test("JPEG has the white ground where a picture is transparent", async () => {
  const jpeg = await encodeImage(flat(16, 16, [200, 0, 0, 0]), "jpeg", { quality: 95 });
  const again = await decodeImage(jpeg);
  assert.ok(largestDifference(again, flat(16, 16, [255, 255, 255, 255])) <= 2);
});

Deno.test("encodeImage() gives the same bytes for the same picture", async () => {
  const picture = await examplePicture("strokes.jpg", 64, 64);
  for (const format of ["png", "jpeg", "webp", "avif", "tiff"] as const) {
    assert.deepEqual(await encodeImage(picture, format), await encodeImage(picture, format));
  }
});

Deno.test("decodeImage() reads the first frame of a GIF", async () => {
  // 2 × 2 px: red, green, blue, white; LZW codes of 3 bits, written by hand from the specification.
  const gif = Uint8Array.from([
    ...new TextEncoder().encode("GIF89a"),
    ...[2, 0, 2, 0, 0x91, 0, 0],
    ...[255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255],
    ...[0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0],
    ...[2, 3, 0x44, 0x34, 0x05, 0, 0x3b],
  ]);
  const { data, width, height } = await decodeImage(gif);
  assert.deepEqual([width, height], [2, 2]);
  assert.deepEqual([...data.slice(0, 8)], [255, 0, 0, 255, 0, 255, 0, 255]);
  assert.deepEqual([...data.slice(8)], [0, 0, 255, 255, 255, 255, 255, 255]);
});

Deno.test("decodeImage() refuses what is no picture, or only a part of one", async () => {
  const jpeg = await Deno.readFile(example("island.jpg"));
  const png = await encodeImage(await examplePicture("island.jpg", 90, 60), "png");
  const wrong = {
    nothing: new Uint8Array(),
    text: new TextEncoder().encode("a picture of an island"),
    "half a PNG": png.slice(0, png.length / 2),
    "half a JPEG's head": jpeg.slice(0, 100),
    "the head of a GIF": new TextEncoder().encode("GIF89a"),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    await assert.rejects(decodeImage(bytes), ImageError, name);
  }
});

Deno.test("a picture that a format cannot hold is refused, and another format named", async () => {
  const wide = flat(65_536, 2, [10, 20, 30, 255]);
  await assert.rejects(encodeImage(wide, "jpeg"), /^ImageError: JPEG holds up to 65500 px a side/);
  await assert.rejects(encodeImage(wide, "webp"), /^ImageError: WebP holds up to 16383 px a side/);
  const png = await decodeImage(await encodeImage(wide, "png"));
  assert.deepEqual(png.data, wide.data);
});

Deno.test("a large JPEG, written band by band, is as close as a small one", async () => {
  // Ten bands, the last of less rows: the marks between them are numbered 0 to 7.
  const [width, height] = [5003, 7500];
  const part = await examplePicture("island.jpg", 250, height);
  const large = { data: new Uint8ClampedArray(4 * width * height), width, height };
  for (let left = 0; left + part.width <= width; left += part.width) {
    paste(large, part, { left, top: 0, width: part.width, height });
  }
  const back = await decodeImage(await encodeImage(large, "jpeg"));
  assert.deepEqual([back.width, back.height], [width, height]);
  for (const top of [0, ...Array.from({ length: 9 }, (_, band) => 832 * (band + 1) - 8)]) {
    const area = { left: 0, top, width: 5000, height: 16 };
    const close = psnr(crop(back, area), crop(large, area));
    assert.ok(close > 38, `${close} dB in the rows from ${top} on`);
  }
});

Deno.test("lack of memory is called so, with size and format", async () => {
  // As where the system has no more memory to give.
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
  };
  try {
    await assert.rejects(
      encodeImage(flat(9000, 5000, [1, 2, 3, 255]), "webp"),
      (error: ImageError) => {
        const reason = "9000×5000 px cannot be written as WebP: there is not enough memory";
        assert.deepEqual([error.message, error.code], [reason, "out-of-memory"]);
        return true;
      },
    );
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
});

Deno.test("an encoder's failure is called so, and not lack of memory", async () => {
  const { CompressionStream } = globalThis;
  globalThis.CompressionStream = class {
    constructor() {
      throw new TypeError("no such method");
    }
  } as unknown as typeof CompressionStream;
  try {
    await assert.rejects(
      encodeImage(flat(3, 2, [1, 2, 3, 255]), "png"),
      new ImageError("3×2 px cannot be written as PNG: the encoder failed: no such method"),
    );
  } finally {
    globalThis.CompressionStream = CompressionStream;
  }
});
