import assert from "node:assert/strict";
import { decodeImage, encodeImage, type Pixels, type Samples } from "../../src/mod.ts";
import { readHeader } from "../../src/image/header.ts";
import { examplePicture, largestDifference } from "../helpers/pictures.ts";
import { example, list, temporaryFolder } from "../helpers/program.ts";
import { toEightBits, toSixteenBits } from "../../src/image/pixels.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const STYLE = [example("mosaic.jpg"), "--style-size", "96", ...RUNTIME];

/** A folder with a picture of 16 bits, transparent in parts, one of 8, and a JPEG. */
async function studio() {
  const folder = await temporaryFolder();
  const picture = toSixteenBits(await examplePicture("island.jpg", 96, 64));
  picture.data.forEach((_, index) => {
    if (index % 4 === 3) picture.data[index] = 10000 + 7 * index % 55536;
  });
  await Deno.writeFile(`${folder.path}/deep.png`, await encodeImage(picture, "png"));
  await Deno.writeFile(`${folder.path}/flat.png`, await encodeImage(toEightBits(picture), "png"));
  await Deno.writeFile(`${folder.path}/photo.jpg`, await encodeImage(picture, "jpeg"));
  return { ...folder, picture };
}

async function bitsOf(bytes: Uint8Array): Promise<number> {
  return (await readHeader(bytes)).bits;
}

const alpha = ({ data }: Pixels<Samples>) => data.filter((_, index) => index % 4 === 3);

Deno.test("a result has the bits of its content, or those of --depth, where its format can", async () => {
  await using folder = await studio();
  await using program = new Session(folder.path);
  const { path: cwd, picture } = folder;
  const cases: [string, string[], string, number][] = [
    ["deep.png", [], "a.png", 16],
    ["deep.png", [], "b.tif", 16],
    ["deep.png", [], "c.jpg", 8],
    ["deep.png", ["--depth", "8"], "d.png", 8],
    ["flat.png", [], "e.png", 8],
    ["photo.jpg", ["--depth", "16"], "f.tiff", 16],
    ["deep.png", ["--grid", "alpha=0.5,1", "--size", "32"], "g.png", 8],
  ];
  for (const [content, args, output, bits] of cases) {
    const all = ["stylize", content, ...STYLE, ...args, "-o", output];
    const { code, stderr } = await program.run(all);
    assert.equal(code, 0, stderr);
    assert.equal(await bitsOf(await Deno.readFile(`${cwd}/${output}`)), bits, output);
  }
  const read = async (name: string) =>
    await decodeImage(await Deno.readFile(`${cwd}/${name}`), { depth: "own" });
  const [deep, flat] = [await read("a.png"), await read("e.png")];
  assert.deepEqual(alpha(deep), alpha(picture));
  assert.deepEqual(deep, await read("b.tif"));
  // What 8 bits have lost of the content and its transparency, the style magnifies.
  const difference = largestDifference(toEightBits(deep), toEightBits(flat));
  assert.ok(difference <= 5, `${difference}`);
  for (const result of [deep, await read("f.tiff")]) {
    assert.ok(new Set(result.data).size > 5000, "as many values as 16 bits have");
  }
});

Deno.test("a folder's results have each its content's bits", async () => {
  await using folder = await studio();
  await using program = new Session(folder.path);
  const { path: cwd } = folder;
  const args = ["stylize", ".", ...STYLE, "--size", "32", "-o", "out"];
  const { code, stderr } = await program.run(args);
  assert.equal(code, 0, stderr);
  const bits: Record<string, number> = {};
  for (const name of list(`${cwd}/out`)) {
    bits[name] = await bitsOf(await Deno.readFile(`${cwd}/out/${name}`));
  }
  const expected = { "deep-mosaic.png": 16, "flat-mosaic.png": 8, "photo-mosaic.jpg": 8 };
  assert.deepEqual(bits, expected);
});

Deno.test("16 bits are refused where there can be none", async (t) => {
  await using folder = await studio();
  await using program = new Session(folder.path);
  const { path: cwd } = folder;
  const before = list(cwd);
  await Deno.writeTextFile(`${cwd}/clip.y4m`, "YUV4MPEG2 W8 H8\n");
  const cases: [string[], string][] = [
    [["deep.png", "-o", "a.jpg"], 'JPEG cannot hold 16 bits a channel, as "a.jpg" would have to'],
    [[".", "-o", "out"], 'JPEG cannot hold 16 bits a channel, as "out/photo-mosaic.jpg" would'],
    [["deep.png", "-o", "a.webp"], "WebP cannot hold 16 bits"],
    [["deep.png", "--grid", "alpha=1", "-o", "a.png"], "--grid makes a sheet of 8 bits a channel"],
    [["clip.y4m", "-o", "b.y4m"], "--depth 16 is for pictures, not for clips"],
  ];
  for (const [[content, ...args], message] of cases) {
    await t.step([content, ...args].join(" "), async () => {
      const all = ["stylize", content!, ...STYLE, ...args, "--depth", "16"];
      const { code, stderr } = await program.run(all);
      assert.match(stderr, /^error: [^\n]+\n$/);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(code, 2);
      assert.deepEqual(list(cwd), ["clip.y4m", ...before]);
    });
  }
  await t.step("--depth 12", async () => {
    const { code, stderr } = await program.run(
      ["stylize", "deep.png", ...STYLE, "--depth", "12", "-o", "a.png"],
    );
    assert.equal(code, 2);
    assert.match(stderr, /argument '12' is invalid. Allowed choices are 8, 16\. /);
  });
});
