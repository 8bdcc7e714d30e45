import assert from "node:assert/strict";
import { encodeAnimation } from "../../src/image/mod.ts";
import { decodeImage, encodeImage, parseCube, type Pixels } from "../../src/mod.ts";
import { flat, grain, largestDifference } from "../helpers/pictures.ts";
import { linearStyle, list, temporaryFolder } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const SMALL = ["--size", "128", "--style-size", "96", ...RUNTIME];

/** A folder with two photographs, their label pictures, and what is none. */
async function studio() {
  const folder = await temporaryFolder({ "a.jpg": "island.jpg", "b.jpg": "coffee.jpg" });
  const { path } = folder;
  const write = async (name: string, pixels: Pixels) =>
    await Deno.writeFile(`${path}/${name}`, await encodeImage(pixels, "png"));
  await write("own.png", halves([0, 0, 255], [0, 255, 0]));
  await write("other.png", halves([0, 0, 250], [255, 0, 0]));
  await write("grain.png", grain(60, 40));
  await Deno.writeFile(`${path}/cut.png`, (await Deno.readFile(`${path}/own.png`)).slice(0, 90));
  const identity = "LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
  const tables = {
    "same.cube": identity,
    "negative.cube": identity.replace(
      /^[01 ]+$/gm,
      (line) => line.replace(/[01]/g, (digit) => `${1 - Number(digit)}`),
    ),
    "cut.cube": identity.slice(0, 32),
    "nan.cube": identity.replace("1 0 0", "nan 0 0"),
    "large.cube": identity.replace("SIZE 2", "SIZE 999"),
    "size.cube": identity.replace("SIZE 2", "SIZE 3"),
    "text.cube": "hello",
  };
  for (const [name, text] of Object.entries(tables)) {
    await Deno.writeTextFile(`${path}/${name}`, text);
  }
  return folder;
}

/** A picture of two colors side by side. */
function halves(left: number[], right: number[]): Pixels {
  const picture = flat(60, 40, [...left, 255]);
  for (let y = 0; y < 40; y++) {
    for (let x = 30; x < 60; x++) picture.data.set(right, 4 * (60 * y + x));
  }
  return picture;
}

async function run(cwd: string, ...args: string[]): Promise<string> {
  const { code, stderr } = await linearStyle(args, { cwd });
  assert.equal(code, 0, stderr);
  return stderr;
}

const read = async (path: string) => await decodeImage(await Deno.readFile(path));

Deno.test("--photo of strength 0 is the content itself, of 8 bits and of 16", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await run(
    cwd,
    "stylize",
    "grain.png",
    "b.jpg",
    "--photo",
    "--alpha",
    "0",
    "-o",
    "8.png",
    ...RUNTIME,
  );
  assert.deepEqual((await read(`${cwd}/8.png`)).data, (await read(`${cwd}/grain.png`)).data);
  const deep = ["--depth", "16", "--style-size", "96", ...RUNTIME];
  await run(
    cwd,
    "stylize",
    "grain.png",
    "b.jpg",
    "--photo",
    "--alpha",
    "0",
    "-o",
    "16.png",
    ...deep,
  );
  const decode = async (file: string) =>
    (await decodeImage(await Deno.readFile(`${cwd}/${file}`), { depth: 16 })).data;
  assert.deepEqual(await decode("16.png"), await decode("grain.png"));
});

Deno.test("--photo differs from painting, on its own, in blends and in sheets", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const commands = {
    stylize: ["stylize", "a.jpg", "b.jpg"],
    blend: ["blend", "a.jpg", "--level", "1=b.jpg", "--level", "4=a.jpg"],
    sheet: ["stylize", "a.jpg", "b.jpg", "--grid", "alpha=0.5,1"],
  };
  for (const [name, args] of Object.entries(commands)) {
    await run(cwd, ...args, "--photo", "-o", `${name}-photo.png`, ...SMALL);
    await run(cwd, ...args, "-o", `${name}.png`, ...SMALL);
    const pictures = [await read(`${cwd}/${name}-photo.png`), await read(`${cwd}/${name}.png`)];
    assert.ok(largestDifference(pictures[0]!, pictures[1]!) > 20, name);
  }
});

Deno.test("a pack's style has its colors for --photo, as its picture has", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await run(
    cwd,
    "precompute-style-covariance",
    "b.jpg",
    "-o",
    "p.safetensors",
    "--style-size",
    "96",
    ...RUNTIME,
  );
  await run(cwd, "stylize", "a.jpg", "p.safetensors", "--photo", "-o", "pack.png", ...SMALL);
  await run(cwd, "stylize", "a.jpg", "b.jpg", "--photo", "-o", "picture.png", ...SMALL);
  assert.ok(
    largestDifference(await read(`${cwd}/pack.png`), await read(`${cwd}/picture.png`)) <= 1,
  );
});

Deno.test("--save-lut keeps a look that is a style afterwards, alone and after another", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await run(
    cwd,
    "stylize",
    "a.jpg",
    "b.jpg",
    "--photo",
    "--save-lut",
    "l.cube",
    "-o",
    "x.png",
    ...SMALL,
  );
  assert.match(await Deno.readTextFile(`${cwd}/l.cube`), /^TITLE "linear-style"\nLUT_3D_SIZE 33\n/);
  await run(cwd, "stylize", "a.jpg", "l.cube", "-o", "look.png", ...SMALL);
  const [photo, look] = [await read(`${cwd}/x.png`), await read(`${cwd}/look.png`)];
  const mean = ({ data }: Pixels) => data.reduce((sum, value) => sum + value) / data.length;
  assert.ok(Math.abs(mean(photo) - mean(look)) < 6);
  await run(
    cwd,
    "blend",
    "a.jpg",
    "--level",
    "1=b.jpg",
    "--photo",
    "--save-lut",
    "b.cube",
    ...SMALL,
  );
  assert.equal(parseCube(await Deno.readTextFile(`${cwd}/b.cube`)).size, 33);
  const after = ["--style", "b.jpg", "--style", "negative.cube"];
  await run(cwd, "stylize", "a.jpg", ...after, "--photo", "-o", "after.png", ...SMALL);
  const negative = (await read(`${cwd}/after.png`)).data;
  photo.data.forEach((value, at) => {
    assert.ok(Math.abs(negative[at]! - (at % 4 === 3 ? 255 : 255 - value)) <= 1);
  });
});

Deno.test("--save-lut keeps of a clip what it keeps of its frame", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  // GIFs hold these colors exactly.
  const still = await read(`${cwd}/own.png`);
  const clip = [0, 1, 2].map(() => ({ pixels: { ...still }, delay: 100 }));
  await Deno.writeFile(`${cwd}/clip.gif`, await encodeAnimation(clip, "gif"));
  const photo = ["b.jpg", "--photo", "--style-size", "96", ...RUNTIME];
  await run(cwd, "stylize", "own.png", ...photo, "--save-lut", "own.cube", "-o", "own-b.png");
  await run(cwd, "stylize", "clip.gif", ...photo, "--save-lut", "clip.cube", "-o", "clip-b.gif");
  const [own, all] = await Promise.all(
    ["own", "clip"].map(async (name) =>
      parseCube(await Deno.readTextFile(`${cwd}/${name}.cube`)).values
    ),
  );
  own!.forEach((value, at) => assert.ok(Math.abs(value - all![at]!) < 1e-3));
});

Deno.test("a table is applied as far as its share and --alpha say", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const content = (await read(`${cwd}/grain.png`)).data;
  const cases: [string[], number][] = [
    [["negative.cube"], 1],
    [["same.cube"], 0],
    [["negative.cube", "--alpha", "0.25"], 0.25],
    [["--style", "negative.cube:0.5"], 0.5],
  ];
  for (const [args, share] of cases) {
    await run(cwd, "stylize", "grain.png", ...args, "-o", "t.png", "--overwrite", ...RUNTIME);
    const { data } = await read(`${cwd}/t.png`);
    data.forEach((value, at) => {
      if (at % 4 === 3) return assert.equal(value, content[at]);
      const expected = content[at]! + share * (255 - 2 * content[at]!);
      assert.ok(Math.abs(value - expected) <= 0.51);
    });
  }
});

Deno.test("--labels sends each region to its color's, and notes what goes without", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const notes = await run(
    cwd,
    "stylize",
    "a.jpg",
    "b.jpg",
    "--photo",
    "--labels",
    "own.png,other.png",
    "-o",
    "l.png",
    ...SMALL,
  );
  assert.match(notes, /note: --labels: the style has no region of the color #00ff00: all of it is/);
  assert.match(notes, /note: --labels: the content has no region of the style's color #ff0000/);
  await run(cwd, "stylize", "a.jpg", "b.jpg", "--photo", "-o", "plain.png", ...SMALL);
  assert.ok(largestDifference(await read(`${cwd}/l.png`), await read(`${cwd}/plain.png`)) > 10);
});

Deno.test("what is wrong with labels, tables and their options is told in a line, and nothing written", async (t) => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const before = list(cwd);
  const photo = ["stylize", "a.jpg", "b.jpg", "--photo"];
  const cases: [string[], number, RegExp][] = [
    [[...photo, "--labels", "own.png,grain.png"], 1, /style's label picture has too many colors/],
    [[...photo, "--labels", "grain.png,own.png"], 1, /content's label picture has too many colors/],
    [[...photo, "--labels", "own.png,cut.png"], 1, /"cut\.png": /],
    [[...photo, "--labels", "own.png,none.png"], 1, /Cannot read "none\.png"/],
    [[...photo, "--labels", "own.png"], 2, /Expected two pictures, like content\.png,style\.png/],
    [
      ["stylize", "a.jpg", "--style", "a.jpg", "--style", "b.jpg", "--labels", "own.png,own.png"],
      2,
      /--labels is for one style/,
    ],
    [
      ["stylize", "a.jpg", "b.jpg", "--grid", "alpha=0.5,1", "--labels", "own.png,own.png"],
      2,
      /no --labels/,
    ],
    [
      ["stylize", "a.jpg", "cut.cube"],
      1,
      /"cut\.cube": A table of size 2 must have 8 colors: it ends after/,
    ],
    [["stylize", "a.jpg", "nan.cube"], 1, /"nan\.cube": Line \d must have three numbers/],
    [
      ["stylize", "a.jpg", "large.cube"],
      1,
      /"large\.cube": The size of a table must be from 2 to 129, not 999/,
    ],
    [["stylize", "a.jpg", "size.cube"], 1, /"size\.cube": A table of size 3 must have 27 colors/],
    [["stylize", "a.jpg", "text.cube"], 1, /"text\.cube": It is no \.cube file/],
    [["stylize", "a.jpg", "none.cube"], 1, /Cannot read "none\.cube"/],
    [
      ["stylize", "a.jpg", "--style", "same.cube:2"],
      2,
      /Of the table "same\.cube", 1 is all: 2 is too much/,
    ],
    [
      ["stylize", "a.jpg", "same.cube", "--mask", "own.png"],
      2,
      /"same\.cube" is a lookup table, which has no masks/,
    ],
    [
      ["blend", "a.jpg", "--level", "1=same.cube"],
      2,
      /"same\.cube" is a lookup table, which `stylize` applies/,
    ],
    [
      ["stylize", "a.jpg", "b.jpg", "--save-lut", "l.cube"],
      2,
      /--save-lut keeps what --photo does to colors/,
    ],
    [[...photo, "--save-lut", "l.txt"], 2, /whose name ends in \.cube: "l\.txt"/],
    [[...photo, "--save-lut", "same.cube"], 1, /"same\.cube"/],
    [
      ["stylize", "a.jpg", "grain.png", "b.jpg", "--photo", "--save-lut", "l.cube"],
      2,
      /--save-lut is of one photograph/,
    ],
    [
      ["stylize", "a.jpg", "b.jpg", "--grid", "alpha=0.5,1", "--photo", "--save-lut", "l.cube"],
      2,
      /--save-lut is of one result/,
    ],
    [
      ["stylize", "a.jpg", "same.cube", "--photo", "--save-lut", "l.cube"],
      2,
      /all that is named is a table/,
    ],
  ];
  for (const [args, expected, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stderr } = await program.run([...args, "-o", "out.png", ...SMALL]);
      assert.equal(code, expected, stderr);
      assert.match(stderr, message);
      assert.equal(
        stderr.trimEnd().split("\n").filter((line) => line.startsWith("error:")).length,
        1,
      );
      assert.deepEqual(list(cwd), before);
    });
  }
});
