import assert from "node:assert/strict";
import { resizePicture, scaledSides } from "../../src/cli/resizing.ts";
import { size } from "../../src/cli/options/parsers.ts";
import { styleResizing } from "../../src/cli/styles.ts";
import { decodeImage, encodeImage, type Pixels } from "../../src/mod.ts";
import { example, linearStyle, temporaryFolder } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const SMALL = ["--style-size", "64", ...RUNTIME];

/** Black, with a white square in the middle, half as wide and high. */
function square(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isWhite = Math.abs(x + 0.5 - width / 2) < width / 4 &&
        Math.abs(y + 0.5 - height / 2) < height / 4;
      data.fill(isWhite ? 255 : 0, 4 * (y * width + x), 4 * (y * width + x) + 3);
      data[4 * (y * width + x) + 3] = 255;
    }
  }
  return { data, width, height };
}

Deno.test("--size takes a short side, or a width and a height", () => {
  assert.equal(size("512"), 512);
  assert.deepEqual(size("3840x2160"), { width: 3840, height: 2160 });
  assert.deepEqual(size("64×48"), { width: 64, height: 48 });
  for (const wrong of ["5", "512px", "x", "64x", "64x7", "64x64x64", "1e3", "99999x64"]) {
    assert.throws(() => size(wrong), /Expected a whole number from 8 to 32768, or two of them/);
  }
});

Deno.test("a frame is covered, or held within, or filled", async () => {
  const frame = { width: 64, height: 32 };
  const sides = (width: number, height: number, fit: "cover" | "contain" | "fill") => {
    const scaled = scaledSides({ width, height }, { ...frame, fit });
    return [scaled.width, scaled.height];
  };
  assert.deepEqual(sides(100, 100, "cover"), [64, 64]);
  assert.deepEqual(sides(100, 100, "contain"), [32, 32]);
  assert.deepEqual(sides(100, 100, "fill"), [64, 32]);
  // Whatever is rounded, nothing of the frame stays empty, and nothing leaves it.
  for (let width = 1; width < 200; width += 7) {
    for (let height = 1; height < 200; height += 11) {
      const [coverWidth, coverHeight] = sides(width, height, "cover") as [number, number];
      assert.ok(coverWidth >= 64 && coverHeight >= 32 && (coverWidth === 64 || coverHeight === 32));
      const [width2, height2] = sides(width, height, "contain") as [number, number];
      assert.ok(width2 <= 64 && height2 <= 32 && (width2 === 64 || height2 === 32));
    }
  }
  // The middle stays in the middle.
  const resizing = { size: { ...frame, fit: "cover" }, option: "--size" } as const;
  const { data, width, height } = await resizePicture(square(128, 128), resizing, 1e6);
  assert.deepEqual([width, height], [64, 32]);
  const isWhite = (x: number, y: number) => data[4 * (y * 64 + x)]! > 240;
  const isBlack = (x: number, y: number) => data[4 * (y * 64 + x)]! < 15;
  assert.ok(isWhite(32, 16) && isWhite(32, 2) && isWhite(18, 16) && isWhite(45, 16));
  assert.ok(isBlack(2, 16) && isBlack(13, 16) && isBlack(50, 16));
});

Deno.test("stylize makes results of the size that is asked for, masks and all", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.writeFile(`${cwd}/sky.png`, await encodeImage(square(768, 512), "png"));
  const mosaic = example("mosaic.jpg");
  const run = async (...args: string[]) => {
    const all = ["stylize", example("island.jpg"), ...args, ...SMALL, "-o", "out.png", "-y"];
    const { code, stderr } = await program.run(all);
    assert.equal(code, 0, stderr);
    return await decodeImage(await Deno.readFile(`${cwd}/out.png`));
  };
  const sides = ({ width, height }: Pixels) => [width, height];
  assert.deepEqual(sides(await run(mosaic, "--size", "160x64")), [160, 64]);
  assert.deepEqual(sides(await run(mosaic, "--size", "160x64", "--fit", "contain")), [96, 64]);
  const filled = ["--size", "64x64", "--fit", "fill", "--depth", "16"];
  assert.deepEqual(sides(await run(mosaic, ...filled)), [64, 64]);

  // The mask is white on the middle half of the content's width and height. Of a frame of half its
  // height that covers, it is on the whole height.
  const masked = ["--style", mosaic, "--mask", "sky.png", "--size", "96x32"];
  const [some, none] = [await run(...masked), await run(...masked, "--alpha", "0")];
  const change = (x: number, y: number) => {
    const at = 4 * (y * 96 + x);
    return [0, 1, 2].reduce((sum, c) => sum + Math.abs(some.data[at + c]! - none.data[at + c]!), 0);
  };
  const mean = (x: number) => {
    let sum = 0;
    for (let y = 0; y < 32; y++) sum += change(x, y);
    return sum / 32;
  };
  assert.ok(mean(48) > 20 && change(48, 1) > 5 && change(48, 30) > 5);
  assert.ok(mean(4) < 3, `${mean(4)}`);
});

Deno.test("--fit needs a width and a height", async () => {
  for (const more of [[], ["--size", "64"]]) {
    const args = ["stylize", "a.jpg", "b.jpg", "--fit", "cover", ...more];
    const { code, stderr } = await linearStyle(args);
    assert.equal(code, 2);
    assert.match(stderr, /^error: --fit needs a width and a height: add --size, like 3840x2160/);
  }
});

Deno.test("a thin style is not blown up, unless that is asked for", async () => {
  const pixels = (width: number, height: number, asked?: number) => {
    const { size } = styleResizing({ width, height }, asked, 512);
    const scaled = scaledSides({ width, height }, size);
    return scaled.width * scaled.height;
  };
  for (const [width, height] of [[3000, 20], [20, 3000], [5000, 1], [64, 8], [40, 30]] as const) {
    assert.ok(pixels(width, height) <= 4.1 * 512 ** 2, `${width}×${height}`);
  }
  // What is not thin is as it was; and so is what is not enlarged, or asked for.
  for (const [width, height] of [[512, 512], [200, 300], [100, 400], [900, 700]] as const) {
    assert.equal(styleResizing({ width, height }, undefined, 512).size, 512);
  }
  assert.equal(styleResizing({ width: 100_000, height: 600 }, undefined, 512).size, 512);
  assert.equal(styleResizing({ width: 3000, height: 20 }, 512, 512).size, 512);

  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const thin = await encodeImage(square(3000, 20), "png");
  await Deno.writeFile(`${cwd}/thin.png`, thin);
  const args = ["stylize", example("island.jpg"), "thin.png", "--size", "64", "-o", "a.png"];
  const started = performance.now();
  const { code, stderr } = await program.run([...args, ...RUNTIME]);
  assert.equal(code, 0, stderr);
  assert.ok(performance.now() - started < 60_000, "not minutes, as for 39 megapixels");
});

Deno.test("an option that makes a picture too large is named", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.writeFile(`${cwd}/thin.png`, await encodeImage(square(3000, 20), "png"));
  const [island, mosaic] = [example("island.jpg"), example("mosaic.jpg")];
  const would = (option: string) =>
    new RegExp(
      `^error: "[^"]*": At ${option} \\S+ the picture would have \\d+×\\d+ px, more than the limit` +
        ` of 400 MP \\(--max-pixels sets the limit\\)$`,
      "m",
    );
  const cases: [string[], RegExp][] = [
    [["stylize", island, "thin.png", "--style-size", "8000", "-o", "x.png"], would("--style-size")],
    [["pack", "thin.png", "--style-size", "8000", "-o", "x.safetensors"], would("--style-size")],
    [["stylize", "thin.png", mosaic, "--size", "8000", "-o", "x.png"], would("--size")],
    [["stylize", island, mosaic, "--size", "32000x32000", "-o", "x.png"], would("--size")],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await program.run([...args, ...RUNTIME]);
    assert.match(stderr, message);
    assert.equal(code, 1);
  }
});

Deno.test("a sheet of a thin picture is of thin pictures", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeFile(`${cwd}/thin.png`, await encodeImage(square(3000, 20), "png"));
  const args = ["stylize", "thin.png", example("mosaic.jpg"), "--grid", "alpha=1", "-o", "a.png"];
  const { code, stderr } = await linearStyle([...args, ...SMALL], { cwd });
  assert.equal(code, 0, stderr);
  const { width, height } = await decodeImage(await Deno.readFile(`${cwd}/a.png`));
  assert.ok(width * height < 8 * 256 ** 2, `${width}×${height}`);
});
