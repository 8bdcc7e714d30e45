import assert from "node:assert/strict";
import {
  blendLevels,
  ImageError,
  mixStyles,
  ModelError,
  type Pixels,
  type ScaleStatistics,
  type StyleStatistics,
  Stylizer,
  writePack,
} from "../src/mod.ts";
import {
  colourMoments,
  examplePicture,
  flat,
  grain,
  largestDifference,
  psnr,
} from "./helpers/pictures.ts";
import { temporaryFolder } from "./helpers/program.ts";
import { FASTEST, loadFastest } from "./helpers/runtime.ts";

const stylizer = await loadFastest();
const island = await examplePicture("island.jpg", 192, 128);
const styles = {
  mosaic: await examplePicture("mosaic.jpg", 256, 256),
  strokes: await examplePicture("strokes.jpg", 320, 256),
  woodcut: await examplePicture("woodcut.jpg", 320, 256),
};

async function restyle(content: Pixels, style: Pixels, options = {}): Promise<Pixels> {
  return await stylizer.stylize(content, await stylizer.encodeStyle(style), options);
}

function distance(a: number[], b: number[]): number {
  return Math.hypot(...a.map((value, index) => value - b[index]!));
}

Deno.test("what a mixture is to one pass alone is the mixture of what its styles are", async () => {
  const [first, second] = await Promise.all(
    [styles.mosaic, styles.woodcut].map((style) => stylizer.encodeStyle(style)),
  );
  const mixture = mixStyles([{ style: first!, weight: 1 }, { style: second!, weight: 3 }]);
  const [ofFirst, ofSecond, ofMixture] = await Promise.all(
    [first!, second!, mixture].map(({ scales }) => stylizer.network.forOnePass(scales[0]!)),
  );
  for (const part of ["matrices", "mean"] as const) {
    const change = (at: number) => Math.abs(ofMixture![part][at]! - mixture.scales[0]![part][at]!);
    const largest = ofMixture![part].reduce((most, _, at) => Math.max(most, change(at)), 0);
    assert.ok(largest > 0.01, "one pass alone is another matter");
    ofMixture![part].forEach((value, at) => {
      const expected = 0.25 * ofFirst![part][at]! + 0.75 * ofSecond![part][at]!;
      assert.ok(Math.abs(value - expected) < 1e-3 * Math.max(1, Math.abs(expected)));
    });
  }
});

for (const name of ["mosaic", "poppies", "stained-glass"]) {
  Deno.test(`the island takes on the colors of ${name}`, async () => {
    const style = await examplePicture(`${name}.jpg`, 256, 256);
    const stylized = colourMoments(await restyle(island, style));
    const [before, wanted] = [colourMoments(island), colourMoments(style)];
    assert.ok(distance(stylized.mean, wanted.mean) < 0.4 * distance(before.mean, wanted.mean));
    assert.ok(
      distance(stylized.deviation, wanted.deviation) < distance(before.deviation, wanted.deviation),
    );
  });
}

Deno.test("the features of the result have the style's statistics", async () => {
  const statistics = await stylizer.encodeStyle(styles.mosaic);
  const result = await stylizer.stylize(island, statistics);
  const [style] = statistics.scales as [ScaleStatistics];
  const [out] = (await stylizer.encodeStyle(result)).scales as [ScaleStatistics];
  const [content] = (await stylizer.encodeStyle(island)).scales as [ScaleStatistics];
  const gap = (a: Float32Array, b: Float32Array) => distance([...a], [...b]);
  assert.ok(gap(out.mean, style.mean) < 0.5 * gap(content.mean, style.mean));
  assert.ok(
    gap(out.covariance, style.covariance) < 0.75 * gap(content.covariance, style.covariance),
  );
});

Deno.test("alpha 0 is the content again, and alpha goes from there to the full style", async () => {
  const none = await restyle(island, styles.strokes, { alpha: 0 });
  assert.ok(psnr(none, island) > 26, `${psnr(none, island)} dB`);
  const [half, full] = [
    await restyle(island, styles.strokes, { alpha: 0.5 }),
    await restyle(island, styles.strokes),
  ];
  assert.ok(psnr(none, half) > psnr(none, full) + 1);
  assert.ok(psnr(full, half) > psnr(none, full) + 1);
});

Deno.test("alpha 0 gives the content back as sharply in passes as in one", async () => {
  const content = await examplePicture("island.jpg", 400, 400);
  const style = await stylizer.encodeStyle(styles.strokes);
  const give = async (brush: "fine" | "broad") =>
    psnr(await stylizer.stylize(content, style, { alpha: 0, brush }), content);
  assert.ok(await give("broad") > await give("fine") - 0.1);
});

Deno.test("a picture in its own style stays close to itself", async () => {
  assert.ok(psnr(await restyle(island, island), island) > 20);
});

Deno.test("the result has the content's size, whatever it is", async () => {
  const style = await stylizer.encodeStyle(styles.woodcut);
  for (const [width, height] of [[8, 8], [9, 131], [61, 83], [64, 40]] as const) {
    const { width: w, height: h } = await stylizer.stylize(
      await examplePicture("island.jpg", width, height),
      style,
    );
    assert.deepEqual([w, h], [width, height]);
  }
});

Deno.test("a picture smaller than the networks take is refused", async () => {
  const small = await examplePicture("island.jpg", 7, 40);
  await assert.rejects(
    stylizer.encodeStyle(small),
    (error: Error) => error instanceof ImageError && /at least 8 px.*7×40/.test(error.message),
  );
});

Deno.test("the same input gives the same picture", async () => {
  const [first, second] = [
    await restyle(island, styles.mosaic),
    await restyle(island, styles.mosaic),
  ];
  assert.equal(largestDifference(first, second), 0);
});

Deno.test("transparency is carried through", async () => {
  const content = { ...island, data: island.data.slice() };
  for (let index = 3; index < content.data.length; index += 4) content.data[index] = index % 256;
  const stylized = await restyle(content, styles.mosaic);
  for (let index = 3; index < content.data.length; index += 4) {
    assert.equal(stylized.data[index], index % 256);
  }
});

Deno.test("extreme pictures are painted like others, and flat ones are flat at alpha 0", async () => {
  const extremes = {
    black: flat(96, 64, [0, 0, 0, 255]),
    white: flat(96, 64, [255, 255, 255, 255]),
    noise: grain(96, 64),
  };
  const strongest = Math.max(...colourMoments(styles.mosaic).deviation);
  for (const [name, picture] of Object.entries(extremes)) {
    const out = await restyle(picture, styles.mosaic);
    assert.ok(out.data.some((value) => value > 0 && value < 255), name);
    const { deviation } = colourMoments(out);
    if (name !== "noise") {
      // Strokes grow from the seed, about as strong as the style's; the networks alone leave what is flat flat.
      const strokes = Math.max(...deviation);
      assert.ok(strokes > 2 && strokes < 1.3 * strongest, `${name}: ${deviation}`);
      const { deviation: own } = colourMoments(await restyle(picture, styles.mosaic, { alpha: 0 }));
      assert.ok(Math.max(...own) < 2, `${name}: ${own}`);
    }
    const inStyle = await restyle(island, picture);
    assert.ok(Math.max(...colourMoments(inStyle).mean) <= 255, name);
  }
});

/** A picture with the columns from `left` up to `right` replaced by a colour. */
function paint(pixels: Pixels, left: number, right: number, colour: number[]): Pixels {
  const data = pixels.data.slice();
  for (let index = 0; index < data.length; index++) {
    const column = Math.floor(index / 4) % pixels.width;
    if (column >= left && column < right) data[index] = colour[index % 4]!;
  }
  return { ...pixels, data };
}

/** The columns of a picture up to `right`. */
function leftPart({ data, width, height }: Pixels, right: number): Pixels {
  const part = data.filter((_, index) => Math.floor(index / 4) % width < right);
  return { data: part, width: right, height };
}

Deno.test("a region is matched by its own statistics, whatever is elsewhere", async () => {
  const content = await examplePicture("island.jpg", 448, 96);
  // Further from the region than the networks see: 62 px from a pixel to a feature, 88 back.
  const changed = paint(content, 320, 448, [230, 20, 40, 255]);
  const mask = paint(flat(448, 96, [0, 0, 0, 255]), 0, 128, [255, 255, 255, 255]);
  const style = await stylizer.encodeStyle(styles.mosaic);
  const within = async (picture: Pixels, options: { mask?: Pixels }) =>
    leftPart(await stylizer.stylize(picture, style, options), 128);
  const [a, b] = [await within(content, { mask }), await within(changed, { mask })];
  assert.ok(largestDifference(a, b) <= 1);
  assert.ok(largestDifference(await within(content, {}), await within(changed, {})) > 8);
});

Deno.test("a style's mask leaves out what it covers, however it looks", async () => {
  const style = await examplePicture("strokes.jpg", 448, 96);
  const mask = paint(flat(448, 96, [0, 0, 0, 255]), 0, 256, [255, 255, 255, 255]);
  const changed = paint(style, 320, 448, [0, 255, 0, 255]);
  const [a, b] = await Promise.all([style, changed].map((s) => stylizer.encodeStyle(s, { mask })));
  const gap = (x: Float32Array, y: Float32Array) => distance([...x], [...y]);
  const mean = ({ scales }: StyleStatistics) => scales[0]!.mean;
  assert.ok(gap(mean(a!), mean(b!)) < 1e-4);
  assert.ok(gap(mean(a!), mean(await stylizer.encodeStyle(changed))) > 1e-2);
});

Deno.test("a style that is mostly paper is read by its ink, unless all of it is to count", async () => {
  const sheet = flat(128, 128, [255, 255, 255, 255]);
  for (let row = 20; row < 90; row++) {
    sheet.data.fill(0, 4 * (128 * row + 20), 4 * (128 * row + 90));
    for (let x = 20; x < 90; x++) sheet.data[4 * (128 * row + x) + 3] = 255;
  }
  const brightness = async (options: { mask?: "none" }) => {
    const style = await stylizer.encodeStyle(sheet, options);
    const { mean } = colourMoments(await stylizer.stylize(island, style));
    return mean.reduce((sum, value) => sum + value, 0) / 3;
  };
  const [byInk, asItIs] = [await brightness({}), await brightness({ mask: "none" })];
  assert.ok(byInk < asItIs - 5, `${byInk} and ${asItIs}`);
  const mosaic = await stylizer.encodeStyle(styles.mosaic);
  assert.deepEqual(await stylizer.encodeStyle(styles.mosaic, { mask: "none" }), mosaic);
});

Deno.test("on the real networks, a blend or mixture of one style is that style", async () => {
  const style = await stylizer.encodeStyle(styles.mosaic);
  const other = await stylizer.encodeStyle(styles.strokes);
  const plain = await stylizer.stylize(island, style);
  const { defaultLevels } = stylizer;
  const alone = defaultLevels.map((_, index) => ({ level: index + 1, style, weight: 3 }));
  for (
    const same of [
      mixStyles([{ style, weight: 2 }, { style: other, weight: 0 }]),
      blendLevels(alone, defaultLevels),
    ]
  ) {
    assert.deepEqual((await stylizer.stylize(island, same)).data, plain.data);
  }
  // Alpha and weights are straight lines between features, so they commute.
  const mixture = mixStyles([{ style, weight: 1 }, { style: other, weight: 1 }]);
  const swapped = mixStyles([{ style: other, weight: 5 }, { style, weight: 5 }]);
  const [a, b] = await Promise.all(
    [mixture, swapped].map((mixed) => stylizer.stylize(island, mixed, { alpha: 0.6 })),
  );
  assert.ok(largestDifference(a!, b!) <= 1);
  assert.ok(psnr(a!, plain) < 30);
});

Deno.test("stylize() refuses options out of range and statistics of another model", async () => {
  const style = await stylizer.encodeStyle(styles.mosaic);
  for (
    const options of [{ alpha: 2 }, { alpha: NaN }, { tile: 10 }, { brush: "huge" as "broad" }, {
      levels: [1],
    }, {
      levels: [0, 0, 0, 0],
    }]
  ) {
    await assert.rejects(stylizer.stylize(island, style, options), RangeError);
  }
  await assert.rejects(
    stylizer.stylize(island, { ...style, model: { name: "other", checksum: "" } }),
    TypeError,
  );
  const aborted = AbortSignal.abort();
  await assert.rejects(stylizer.stylize(island, style, { signal: aborted }), {
    name: "AbortError",
  });
});

Deno.test("arguments that do not fit are refused by name, with what was expected and given", async () => {
  const style = await stylizer.encodeStyle(styles.mosaic);
  const data = new Uint8ClampedArray(4 * 16 * 16);
  const cases: [Pixels, RegExp][] = [
    [
      { data: data.subarray(1), width: 16, height: 16 },
      /^pixels\.data must have 4 × 16 × 16 = 1024 values, not 1023$/,
    ],
    [
      { data, width: 0, height: 16 },
      /^pixels\.width must be a whole number of pixels from 1, not 0$/,
    ],
    [{ data, width: 16, height: NaN }, /^pixels\.height must be .*, not NaN$/],
    [{ data, width: 1.5, height: 16 }, /^pixels\.width must be .*, not 1\.5$/],
    [
      { data: new Float32Array(1024) as unknown as Uint8ClampedArray, width: 16, height: 16 },
      /^pixels\.data must be a Uint8ClampedArray or a Uint16Array, not an object of type Float32Array$/,
    ],
  ];
  const isNamed = (message: RegExp) => (error: Error) =>
    (error instanceof TypeError || error instanceof RangeError) && message.test(error.message);
  for (const [pixels, message] of cases) {
    const mask = new RegExp(message.source.replace("pixels", "mask"));
    await assert.rejects(stylizer.encodeStyle(pixels), isNamed(message));
    await assert.rejects(stylizer.stylize(pixels, style), isNamed(message));
    await assert.rejects(stylizer.measure(pixels, [{ style }]), isNamed(message));
    await assert.rejects(stylizer.stylize(island, style, { mask: pixels }), isNamed(mask));
    await assert.rejects(stylizer.encodeStyle(island, { mask: pixels }), isNamed(mask));
  }
  const [first, ...others] = style.scales as [ScaleStatistics, ...ScaleStatistics[]];
  const withPart = (part: Partial<ScaleStatistics>) => (
    { ...style, scales: [{ ...first, ...part }, ...others] }
  );
  const broken: [Partial<ScaleStatistics>, RegExp][] = [
    [{ mean: first.mean.subarray(1) }, /\[0\]\.mean must be 64 values, not 63$/],
    [{ matrices: first.matrices.subarray(9) }, /\.matrices must be 16384 values, not 16375$/],
    [{ seedMatrices: new Float32Array(1) }, /\.seedMatrices must be 2048 values, not 1$/],
    [{ covariance: new Float32Array(4096).fill(NaN) }, /\.covariance\[0\] must be a finite/],
  ];
  for (const [part, message] of broken) {
    await assert.rejects(stylizer.stylize(island, withPart(part)), isNamed(message));
  }
  const one = { ...style, scales: [first] };
  await assert.rejects(stylizer.stylize(island, one), /style\.scales must be 3 scales, not 1$/);
  const notFinite = withPart({ covariance: new Float32Array(4096).fill(Infinity) });
  const message = /^style "style"\.scales\[0\]\.covariance\[0\] must be a finite number, not Inf/;
  await assert.rejects(writePack(notFinite), isNamed(message));
  await assert.rejects(
    stylizer.stylizeRegions(island, []),
    /^RangeError: regions.length must be 1 or more, not 0$/,
  );
  assert.throws(() => mixStyles([]), /^RangeError: parts.length must be 1 or more, not 0$/);
  assert.throws(
    () => mixStyles([{ style, weight: NaN }]),
    /^RangeError: weight must be .*not NaN$/,
  );
});

Deno.test("a model whose files are not those it names is refused", async () => {
  await using folder = await temporaryFolder();
  for await (const { name } of Deno.readDir(new URL("../models/default/", import.meta.url))) {
    await Deno.copyFile(
      new URL(`../models/default/${name}`, import.meta.url),
      `${folder.path}/${name}`,
    );
  }
  const bytes = await Deno.readFile(`${folder.path}/encoder.onnx`);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(`${folder.path}/encoder.onnx`, bytes);
  const changed = await Stylizer.load({
    model: new URL(`file://${folder.path}/`),
    backend: FASTEST,
  });
  await assert.rejects(
    changed.encodeStyle(island),
    (error: Error) => error instanceof ModelError && /encoder\.onnx.*checksum/.test(error.message),
  );
  await assert.rejects(Stylizer.load({ model: "absent", backend: FASTEST }), ModelError);
});
