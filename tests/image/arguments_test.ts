import assert from "node:assert/strict";
import {
  CodecThreads,
  contactSheet,
  decodeImage,
  encodeAnimation,
  encodeImage,
  type OutputFormat,
  type Pixels,
  readHeader,
  resize,
  resizeShortSide,
  toMask,
} from "../../src/image/mod.ts";
import { flat } from "../helpers/pictures.ts";

const good = flat(4, 3, [1, 2, 3, 255]);
const bytes = await encodeImage(good, "png");

/** Pixels of any kind, and what an error says of them. */
const WRONG: [pixels: unknown, error: Error][] = [
  [
    { ...good, data: new Uint8ClampedArray(3) },
    new RangeError("pixels.data must have 4 × 4 × 3 = 48 values, not 3"),
  ],
  [
    { ...good, data: new Uint16Array(96) },
    new RangeError("pixels.data must have 4 × 4 × 3 = 48 values, not 96"),
  ],
  [
    { ...good, data: [1, 2, 3] },
    new TypeError(
      "pixels.data must be a Uint8ClampedArray or a Uint16Array, not an object of type Array",
    ),
  ],
  [
    { ...good, data: new Float32Array(48) },
    new TypeError(
      "pixels.data must be a Uint8ClampedArray or a Uint16Array, not an object of type Float32Array",
    ),
  ],
  [
    { ...good, width: 0 },
    new RangeError("pixels.width must be a whole number of pixels from 1, not 0"),
  ],
  [
    { ...good, height: NaN },
    new RangeError("pixels.height must be a whole number of pixels from 1, not NaN"),
  ],
  [
    { ...good, height: 1.5 },
    new RangeError("pixels.height must be a whole number of pixels from 1, not 1.5"),
  ],
  [null, new TypeError("pixels must be an object with data, width and height, not null")],
];

Deno.test("pixels whose data do not fit their size are refused by all that take some", async () => {
  using threads = new CodecThreads();
  for (const [wrong, error] of WRONG) {
    const pixels = wrong as Pixels;
    for (const format of ["png", "jpeg", "webp", "avif", "tiff"] as const) {
      await assert.rejects(encodeImage(pixels, format), error);
    }
    await assert.rejects(resize(pixels, 2, 2), error);
    await assert.rejects(resizeShortSide(pixels, 2), error);
    await assert.rejects(threads.resize(pixels, 2, 2), error);
    await assert.rejects(threads.encode(pixels, "png"), error);
    const named = (name: string) => ({ message: error.message.replace(/^pixels/, name) });
    await assert.rejects(toMask(pixels, 2, 2), named("mask"));
    assert.throws(
      () => contactSheet([{ pixels, label: "" }], 1),
      named("cells[0].pixels"),
    );
    await assert.rejects(encodeAnimation([{ pixels, delay: 1 }], "gif"), named("frame.pixels"));
  }
});

Deno.test("sizes, qualities, formats and limits that there are not are refused", async () => {
  await assert.rejects(
    resize(good, 0, 2),
    new RangeError("width must be a whole number of pixels from 1, not 0"),
  );
  await assert.rejects(
    resize(good, 2, NaN),
    new RangeError("height must be a whole number of pixels from 1, not NaN"),
  );
  await assert.rejects(
    resizeShortSide(good, -1),
    new RangeError("short must be a whole number of pixels from 1, not -1"),
  );
  for (const quality of [0, 101, NaN]) {
    const message = `quality must be a number from 1 to 100, not ${quality}`;
    await assert.rejects(encodeImage(good, "jpeg", { quality }), new RangeError(message));
    await assert.rejects(
      encodeAnimation([{ pixels: good, delay: 1 }], "webp", { quality }),
      new RangeError(message),
    );
  }
  await assert.rejects(
    encodeImage(good, "gif" as OutputFormat),
    new RangeError(
      'format must be one of "png", "jpeg", "webp", "avif", "tiff", not "gif"',
    ),
  );
  await assert.rejects(
    decodeImage(bytes, { maxPixels: NaN }),
    new RangeError("maxPixels must be a number from 1, not NaN"),
  );
  await assert.rejects(
    decodeImage(bytes, { depth: 12 as 16 }),
    new RangeError('depth must be one of 8, 16, "own", not 12'),
  );
  await assert.rejects(
    readHeader("picture.png" as unknown as Uint8Array),
    new TypeError('bytes must be a Uint8Array, not "picture.png"'),
  );
  assert.throws(
    () => contactSheet([], 1),
    new RangeError("cells must hold at least one image, not 0"),
  );
  assert.throws(
    () => contactSheet([{ pixels: good, label: "" }], 0),
    new RangeError("columns must be a whole number from 1, not 0"),
  );
  const frames = [good, flat(3, 3, [1, 2, 3, 255])].map((pixels) => ({ pixels, delay: 1 }));
  await assert.rejects(
    encodeAnimation(frames, "gif"),
    new RangeError("frame.pixels must have 4×3 px as the first frame has, not 3×3"),
  );
});
