import assert from "node:assert/strict";
import {
  decodeImage,
  encodeImage,
  ImageError,
  type Pixels,
  resize,
  type Samples,
} from "../../src/mod.ts";
import { toEightBits, toSixteenBits } from "../../src/image/pixels.ts";
import { ffmpeg } from "../helpers/clips.ts";
import { examplePicture, largestDifference } from "../helpers/pictures.ts";
import { temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { makeFixtures, withoutPillow } from "../helpers/fixtures.ts";
import { loadFastest } from "../helpers/runtime.ts";

const FORMATS = ["png", "tiff"] as const;

/** A smooth picture that 8 bits do not hold, with every transparency. */
function gradient(width: number, height: number, opaque = false): Pixels<Uint16Array> {
  const data = new Uint16Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width / width, Math.floor(pixel / width) / height];
    const colour = [65535 * x, 20000 + 9000 * y, 65535 * (1 - x * y)];
    data.set([...colour, opaque ? 65535 : 65535 * y], 4 * pixel);
  }
  return { data, width, height };
}

/** How many values the first channel has. */
function levels({ data }: Pixels<Samples>): number {
  return new Set(data.filter((_, index) => index % 4 === 0)).size;
}

function assertDeep(pixels: Pixels<Samples>): asserts pixels is Pixels<Uint16Array> {
  assert.ok(pixels.data instanceof Uint16Array);
}

Deno.test({
  name: "ffmpeg sees every value of 16 bits that is written",
  ignore: missing(hasFfmpeg),
  async fn() {
    await using folder = await temporaryFolder();
    for (const format of FORMATS) {
      for (const opaque of [false, true]) {
        // Wide enough for several strips of a TIFF.
        const picture = gradient(4100, 180, opaque);
        await Deno.writeFile(`${folder.path}/a.${format}`, await encodeImage(picture, format));
        const raw = ["-f", "rawvideo", "-pix_fmt", "rgba64le", "-"];
        const seen = await ffmpeg(folder.path, "-i", `a.${format}`, ...raw);
        const values = new Uint16Array(seen.slice().buffer);
        assert.equal(values.length, picture.data.length, format);
        assert.ok(values.every((value, index) => value === picture.data[index]), format);
      }
    }
  },
});

Deno.test("what is written in 16 bits is read in 16 bits, or in 8 where those are asked for", async () => {
  const picture = gradient(311, 64);
  for (const format of FORMATS) {
    const bytes = await encodeImage(picture, format);
    assert.deepEqual(await encodeImage(picture, format), bytes);
    const deep = await decodeImage(bytes, { depth: "own" });
    assert.deepEqual(deep, picture, format);
    assert.ok(largestDifference(await decodeImage(bytes), toEightBits(picture)) <= 1, format);
  }
});

Deno.test("8 bits stay 8, unless 16 are asked for", async () => {
  const picture = await examplePicture("island.jpg", 60, 40);
  const bytes = await encodeImage(picture, "png");
  assert.deepEqual(await decodeImage(bytes, { depth: "own" }), picture);
  assert.deepEqual(await decodeImage(bytes, { depth: 16 }), toSixteenBits(picture));
  assert.deepEqual(toEightBits(toSixteenBits(picture)), picture);
  const jpeg = await encodeImage(toSixteenBits(picture), "jpeg");
  assert.deepEqual(jpeg, await encodeImage(picture, "jpeg"), "other formats are of 8 bits");
});

Deno.test({
  name: "in 16 bits, too, pictures are what Pillow and lcms see, whatever their flavour",
  ignore: withoutPillow,
  async fn(t) {
    const fixtures = (await makeFixtures()).filter(({ file }) => /\.(png|tif)$/.test(file));
    for (const { file, bytes, pixels, width, height } of fixtures) {
      await t.step(file, async () => {
        const picture = await decodeImage(bytes, { depth: 16 });
        assertDeep(picture);
        const right = { data: new Uint8ClampedArray(pixels), width, height };
        const difference = largestDifference(toEightBits(picture), right);
        assert.ok(difference <= 2, `${difference}`);
        if (/16/.test(file)) assert.ok(levels(picture) > 300, `${levels(picture)} levels`);
      });
    }
  },
});

Deno.test({
  name: "an AVIF of 10 or 12 bits is read as such",
  ignore: missing(hasFfmpeg),
  async fn() {
    await using folder = await temporaryFolder();
    const picture = gradient(300, 200, true);
    await Deno.writeFile(`${folder.path}/a.png`, await encodeImage(picture, "png"));
    for (const kind of ["yuv444p10le", "yuv420p12le", "gray10le"]) {
      const encoder = ["-c:v", "libaom-av1", "-crf", "4", "-cpu-used", "8", "-still-picture", "1"];
      await ffmpeg(folder.path, "-i", "a.png", "-pix_fmt", kind, ...encoder, `${kind}.avif`);
      const bytes = await Deno.readFile(`${folder.path}/${kind}.avif`);
      const deep = await decodeImage(bytes, { depth: "own" });
      assertDeep(deep);
      const grey = kind.startsWith("gray");
      assert.ok(levels(deep) > (grey ? 280 : 700), `${kind}: ${levels(deep)} levels`);
      assert.ok(largestDifference(toEightBits(deep), await decodeImage(bytes)) <= 1, kind);
      if (grey) continue;
      const difference = largestDifference(toEightBits(deep), toEightBits(picture));
      assert.ok(difference <= 4, `${kind}: ${difference}`);
    }
  },
});

Deno.test("a picture in 16 bits that is cut off is refused", async () => {
  for (const format of FORMATS) {
    const whole = await encodeImage(gradient(300, 200), format);
    for (const share of [0.02, 0.2, 0.5, 0.9]) {
      const bytes = whole.slice(0, whole.length * share);
      await assert.rejects(decodeImage(bytes, { depth: "own" }), ImageError, `${format} ${share}`);
    }
  }
  const png = await encodeImage(gradient(300, 200), "png");
  png[png.length - 20]! ^= 1;
  await assert.rejects(decodeImage(png, { depth: "own" }), ImageError);
});

Deno.test("resize() does the same in 16 bits as in 8, and finer", async () => {
  const opaque = await examplePicture("island.jpg", 192, 128);
  // In 8 bits little is left of colours that are nearly transparent.
  const data = opaque.data.map((value, index) => index % 4 === 3 ? 128 + index % 128 : value);
  for (const picture of [opaque, { ...opaque, data }]) {
    for (const [width, height] of [[61, 40], [300, 200]] as const) {
      const deep = await resize(toSixteenBits(picture), width, height);
      const difference = largestDifference(
        toEightBits(deep),
        await resize(picture, width, height),
      );
      assert.ok(difference <= 2, `${difference}`);
      assert.ok(levels(deep) > 2000, `${levels(deep)}`);
    }
  }
});

Deno.test("the result has the content's bits, real ones, and rounded it is that of 8 bits", async (t) => {
  await using stylizer = await loadFastest();
  const style = await stylizer.encodeStyle(await examplePicture("mosaic.jpg", 128, 128));
  const content = toEightBits(gradient(176, 96));
  const mask = await examplePicture("island.jpg", 176, 96);
  const cases = {
    plain: {},
    "in tiles": { tile: 64 },
    "in place": { tile: 64, inPlace: true },
    "in a region": { mask },
    "with the content's colours": { preserveColor: "luminance" },
    "with the style's colours only": { colorOnly: true },
  } as const;
  for (const [name, options] of Object.entries(cases)) {
    await t.step(name, async () => {
      const flat = { ...content, data: content.data.slice() };
      const deep = toSixteenBits(content);
      const result = await stylizer.stylize(deep, style, options);
      assertDeep(result);
      assert.ok(levels(result) > 2000, `${levels(result)} levels`);
      assert.ok(
        largestDifference(toEightBits(result), await stylizer.stylize(flat, style, options)) <= 1,
      );
      const before = toSixteenBits(content);
      const alpha = ({ data }: Pixels<Uint16Array>) => data.filter((_, index) => index % 4 === 3);
      assert.deepEqual(alpha(result), alpha(before));
    });
  }
  await t.step("and what 8 bits do not hold reaches the networks", async () => {
    const fine = gradient(176, 96, true);
    const rounded = toSixteenBits(toEightBits(fine));
    const [one, other] = [
      await stylizer.stylize(fine, style),
      await stylizer.stylize(rounded, style),
    ];
    assert.ok(one.data.some((value, index) => value !== other.data[index]));
  });
});
