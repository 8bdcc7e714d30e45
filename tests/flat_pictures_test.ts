/**
 * Flat, nearly flat, two-colored and one-pixel-line pictures, in every role that a picture can have.
 * Their features hardly vary, so any cancellation in statistics shows as black or as not finite.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { BACKEND_NAMES, probeBackend } from "../backends/mod.ts";
import {
  blendLevels,
  matchColors,
  mixStyles,
  type Pixels,
  readPack,
  type ScaleStatistics,
  styleDistance,
  type StyleStatistics,
  Stylizer,
  writePack,
} from "../src/mod.ts";
import { stylizeClip } from "../src/video/mod.ts";
import { examplePicture, flat, largestDifference } from "./helpers/pictures.ts";
import { missing } from "./helpers/requirements.ts";

const KINDS = ["flat", "nearly flat", "two colors", "line"] as const;
type Kind = typeof KINDS[number];

function plainPicture(
  kind: Kind,
  width: number,
  height: number,
  color: readonly number[],
  other: readonly number[],
): Pixels {
  const pixels = flat(width, height, [...color, 255]);
  const paint = (x: number, y: number, rgb: readonly number[]) =>
    pixels.data.set(rgb, 4 * (y * width + x));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (kind === "nearly flat" && (7 * x + 13 * y) % 97 === 0) {
        paint(x, y, color.map((value) => value > 127 ? value - 1 : value + 1));
      }
      if (kind === "two colors" && x < width / 2) paint(x, y, other);
      if (kind === "line" && x === width >> 1 && y > height / 3 && y < height / 2) {
        paint(x, y, other);
      }
    }
  }
  return pixels;
}

const channel = fc.oneof(fc.constantFrom(0, 255), fc.integer({ min: 0, max: 255 }));
const color = fc.tuple(channel, channel, channel);
const side = (max: number) => fc.integer({ min: 8, max });
const plain = (max: number) =>
  fc.record({
    kind: fc.constantFrom(...KINDS),
    width: side(max),
    height: side(max),
    color,
    other: color,
  })
    .map(({ kind, width, height, color, other }) =>
      plainPicture(kind, width, height, color, other)
    );

function assertSound({ scales }: StyleStatistics): void {
  for (const scale of scales) assertSoundScale(scale);
}

function assertSoundScale({ mean, covariance, matrices, seedMatrices }: ScaleStatistics): void {
  for (const values of [mean, covariance, matrices, seedMatrices]) {
    assert.ok(values.every(Number.isFinite));
  }
  const channels = mean.length;
  for (let row = 0; row < channels; row++) {
    assert.ok(covariance[row * (channels + 1)]! >= 0, "variances are not negative");
    for (let column = 0; column < row; column++) {
      assert.equal(covariance[row * channels + column], covariance[column * channels + row]);
    }
  }
}

const meanOf = ({ data }: Pixels) =>
  [0, 1, 2].map((channel) =>
    data.reduce((sum, value, at) => at % 4 === channel ? sum + value : sum, 0) / (data.length / 4)
  );

/** Whether the mean color of a result is near that of the style's picture. */
function assertColored(result: Pixels, style: Pixels, tolerance: number): void {
  const [found, wanted] = [meanOf(result), meanOf(style)];
  const apart = Math.hypot(...found.map((value, index) => value - wanted[index]!));
  assert.ok(apart <= tolerance, `mean color ${found}, of the style ${wanted}`);
}

const stylizer = await Stylizer.load({ backend: "builtin", threads: 1 });
const island = await examplePicture("island.jpg", 96, 64);
const mosaic = await stylizer.encodeStyle(await examplePicture("mosaic.jpg", 128, 128));

/** Large enough for two passes. */
const SKETCHES: Record<string, Pixels> = {
  "a white page with one line": plainPicture("line", 200, 200, [255, 255, 255], [0, 0, 0]),
  "a red square": flat(200, 200, [255, 0, 0, 255]),
  "a nearly white page": plainPicture("nearly flat", 256, 200, [255, 255, 255], [0, 0, 0]),
  "a page half black": plainPicture("two colors", 200, 256, [255, 255, 255], [0, 0, 0]),
};

for (const [name, picture] of Object.entries(SKETCHES)) {
  Deno.test(`${name} is a style like any other`, async () => {
    const style = await stylizer.encodeStyle(picture);
    assertSound(style);
    const result = await stylizer.stylize(island, style);
    assertColored(result, picture, 75);
    const tiled = await stylizer.encodeStyle(picture, { tile: 128 });
    assertSound(tiled);
    assert.ok(largestDifference(await stylizer.stylize(island, tiled), result) <= 2);
    const packed = await readPack(await writePack(style));
    assert.equal(largestDifference(await stylizer.stylize(island, packed), result), 0);
    assert.ok(styleDistance(style, packed) < 1e-4);
  });

  Deno.test(`${name} is a content like any other, as a whole and in a region`, async () => {
    const small = { ...picture };
    const whole = await stylizer.stylize(small, mosaic, { tile: "off" });
    const tiled = await stylizer.stylize(small, mosaic, { tile: 128 });
    assertNearlyEqual(whole, tiled);
    assertLit(whole);
    const mask = plainPicture("two colors", 32, 32, [0, 0, 0], [255, 255, 255]);
    const region = await stylizer.stylize(small, mosaic, { mask });
    assertLit(region);
  });
}

/**
 * A plain page has hardly any variance, which whitening makes up for: rounding in the last place of
 * its features, different in tiles, is multiplied by some 30 in each pass. So a few values may
 * differ by more than 1, which those of photographs never do.
 */
function assertNearlyEqual(a: Pixels, b: Pixels): void {
  const beyond = a.data.filter((value, at) => Math.abs(value - b.data[at]!) > 1).length;
  assert.ok(beyond <= 0.01 * a.data.length, `${beyond} of ${a.data.length} values`);
  assert.ok(largestDifference(a, b) <= 8);
}

/** The mosaic is colorful: where a result is black, something is not a number. */
function assertLit(pixels: Pixels): void {
  const [red, green, blue] = meanOf(pixels);
  assert.ok(red! + green! + blue! > 60, `mean color ${[red, green, blue]}`);
}

Deno.test("statistics of plain pictures of any size are sound", async () => {
  await fc.assert(
    fc.asyncProperty(plain(200), fc.option(plain(40)), async (picture, other) => {
      const style = await stylizer.encodeStyle(picture, { tile: 64 });
      assertSound(style);
      const mixed = other
        ? mixStyles([{ style, weight: 1 }, { style: await stylizer.encodeStyle(other), weight: 2 }])
        : mixStyles([{ style, weight: 1 }, { style: mosaic, weight: 1 }]);
      assertSound(mixed);
      const levels = stylizer.defaultLevels;
      const blend = blendLevels(
        levels.map((weight, index) => ({
          level: index + 1,
          weight,
          style: index % 2 ? style : mixed,
        })),
        levels,
      );
      assertSound(blend);
      assertSound(await readPack(await writePack(blend)));
      assert.ok(Number.isFinite(styleDistance(style, mosaic)));
      // Throws where a network gives what is not finite.
      await stylizer.stylize(picture, blend);
      await stylizer.stylize(picture, style, { tile: 64 });
      await stylizer.stylize(island, mixed, { alpha: 1.5 });
    }),
    { numRuns: 6 },
  );
});

Deno.test("a plain clip keeps the style's colors, whatever the statistics", async () => {
  const frames = [
    plainPicture("flat", 224, 192, [255, 0, 0], []),
    plainPicture("line", 224, 192, [255, 0, 0], [255, 255, 255]),
    plainPicture("nearly flat", 224, 192, [255, 255, 255], []),
  ];
  for (const statistics of ["clip", "running", "frame"] as const) {
    const clip = stylizeClip(stylizer, frames, frames, [{ style: mosaic }], { statistics });
    for await (const frame of clip) assertLit(frame);
  }
});

Deno.test("colors are matched with those of plain pictures", () => {
  fc.assert(
    fc.property(plain(40), plain(40), (picture, target) => {
      const { data } = matchColors(picture, target);
      // A picture of one color becomes one of the target's mean color.
      if (!picture.data.every((value, at) => value === picture.data[at % 4])) return;
      meanOf(target).forEach((mean, channel) =>
        assert.ok(data.every((value, at) => at % 4 !== channel || Math.abs(value - mean) <= 1))
      );
    }),
    { numRuns: 100 },
  );
});

for (const name of BACKEND_NAMES.filter((name) => name !== "builtin")) {
  const found = await probeBackend(name);
  Deno.test({
    name: `plain pictures are no matter on ${name}`,
    ignore: missing(found.available),
    sanitizeOps: false, // Runtimes keep threads and devices until the process ends.
    sanitizeResources: false,
    async fn() {
      await using other = await Stylizer.load({ backend: name });
      const page = plainPicture("line", 128, 96, [255, 255, 255], [0, 0, 0]);
      for (const picture of [page, flat(64, 48, [255, 0, 0, 255])]) {
        const [style, reference] = [
          await other.encodeStyle(picture),
          await stylizer.encodeStyle(picture),
        ];
        assertSound(style);
        const result = await other.stylize(island, style);
        assert.ok(largestDifference(result, await stylizer.stylize(island, reference)) <= 2);
        assertLit(await other.stylize(picture, mosaic, { tile: 64 }));
      }
    },
  });
}
