import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { chunk } from "../../src/image/formats/png/container.ts";
import { concatenate } from "../../src/util/bytes.ts";
import { readDescription, writeExif } from "../../src/image/metadata/exif.ts";
import { detectFormat } from "../../src/image/formats/registry.ts";
import { Tag } from "../../src/image/metadata/tiff_directory.ts";
import { decodeImage, decodeWithMetadata, encodeImage, type OutputFormat } from "../../src/mod.ts";
import { makeFixtures, withoutPillow } from "../helpers/fixtures.ts";
import { examplePicture } from "../helpers/pictures.ts";
import { example, linearStyle, list, temporaryFolder, text } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const STYLE = [example("mosaic.jpg"), "--size", "64", "--style-size", "96", ...RUNTIME];
const COPYRIGHT = "(c) Somebody\0";

/** A folder with a picture in a format, with transparency and a copyright. */
async function studio(format: OutputFormat) {
  const folder = await temporaryFolder();
  const picture = await examplePicture("island.jpg", 96, 64);
  picture.data.forEach((_, index) => {
    if (index % 4 === 3) picture.data[index] = index % 384;
  });
  const bytes = new TextEncoder().encode(COPYRIGHT);
  const field = { type: 2, count: bytes.length, bytes };
  const metadata = { exif: writeExif(new Map([[Tag.copyright, field]])) };
  await Deno.writeFile(`${folder.path}/in`, await encodeImage(picture, format, { metadata }));
  return { ...folder, picture };
}

async function run(cwd: string, ...args: string[]) {
  const { code, stderr } = await linearStyle(["stylize", "in", ...STYLE, ...args], { cwd });
  assert.equal(code, 0, stderr);
}

async function copyrightOf(path: string): Promise<string | undefined> {
  const { metadata: { exif } } = await decodeWithMetadata(await Deno.readFile(path));
  const field = exif && readDescription(exif).get(Tag.copyright);
  return field && "bytes" in field ? text(field.bytes) : undefined;
}

Deno.test("the output's ending, or --format, chooses what is written", async () => {
  await using folder = await studio("webp");
  const { path: cwd } = folder;
  const cases = { "a.AVIF": "avif", "b.tif": "tiff" };
  for (const [name, format] of Object.entries(cases)) {
    await run(cwd, "-o", name);
    assert.equal(detectFormat(await Deno.readFile(`${cwd}/${name}`)), format, name);
  }
  await run(cwd, "-o", "e.png", "--format", "tiff");
  assert.equal(detectFormat(await Deno.readFile(`${cwd}/e.png`)), "tiff");
});

Deno.test("transparency comes out as it went in", async () => {
  await using folder = await studio("png");
  const { path: cwd, picture } = folder;
  for (const name of ["out.png", "out.webp"]) {
    await run(cwd, "-o", name);
    const { data } = await decodeImage(await Deno.readFile(`${cwd}/${name}`));
    const alpha = (values: Uint8ClampedArray) => values.filter((_, index) => index % 4 === 3);
    assert.deepEqual(alpha(data), alpha(picture.data), name);
  }
});

Deno.test("metadata stay where the format does, and --metadata decides otherwise", async () => {
  await using folder = await studio("jpeg");
  const { path: cwd } = folder;
  await run(cwd, "-o", "same.jpg");
  assert.equal(await copyrightOf(`${cwd}/same.jpg`), COPYRIGHT);
  await run(cwd, "-o", "stripped.jpg", "--metadata", "strip");
  assert.equal(await copyrightOf(`${cwd}/stripped.jpg`), undefined);
  await run(cwd, "-o", "other.webp");
  assert.equal(await copyrightOf(`${cwd}/other.webp`), undefined);
  await run(cwd, "-o", "kept.tif", "--metadata", "keep");
  assert.equal(await copyrightOf(`${cwd}/kept.tif`), COPYRIGHT);
});

Deno.test("--max-pixels refuses content, style and mask, and takes what is not more", async () => {
  await using folder = await studio("png");
  await using program = new Session(folder.path);
  const { path: cwd } = folder;
  const files = list(cwd);
  const refuse = async (args: string[], named: string) => {
    const { code, stderr } = await program.run([...args, "-o", "out.png"]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: [^\n]+\n$/);
    assert.ok(stderr.includes(named) && stderr.includes("(--max-pixels"), stderr);
    assert.deepEqual(list(cwd), files);
  };
  await refuse(
    ["stylize", "in", ...STYLE, "--max-pixels", "6143"],
    '"in": The picture has 96×64 px',
  );
  await refuse(
    ["stylize", "in", ...STYLE, "--max-pixels", "0.1MP"],
    'mosaic.jpg": The picture has 512×512',
  );
  const small = ["stylize", "in", "in", "--size", "64", ...RUNTIME];
  const mask = ["--mask", example("island-sky.png"), "--max-pixels", "6144"];
  await refuse([...small, ...mask], "island-sky.png");
  await run(cwd, "--max-pixels", "262144", "-o", "out.png");
  const wrong = await program.run(["stylize", "in", ...STYLE, "--max-pixels", "5 GB"]);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /'5 GB' is invalid. Expected something like 50MP, or a whole number of pixels/,
  );
});

Deno.test("a folder's pictures are those of every format, and HEIC is not passed over", async () => {
  await using folder = await studio("tiff");
  const { path: cwd } = folder;
  await Deno.mkdir(`${cwd}/photos`);
  await Deno.rename(`${cwd}/in`, `${cwd}/photos/one.tif`);
  const heic = new TextEncoder().encode("\0\0\0\x18ftypheic\0\0\0\0mif1heic");
  await Deno.writeFile(`${cwd}/photos/two.heic`, heic);
  await Deno.writeTextFile(`${cwd}/photos/notes.txt`, "no picture");
  const args = ["stylize", "photos", ...STYLE, "-o", "out"];
  const { code, stderr } = await linearStyle(args, { cwd });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: "photos\/two\.heic": The file is a HEIC picture: export it as JPEG/m,
  );
  assert.deepEqual(list(`${cwd}/out`), ["one-mosaic.tif"]);
});

Deno.test("inspect tells format, size, colours, profile, orientation and metadata", async () => {
  await using folder = await studio("png");
  const inspect = async (...args: string[]) => {
    const { code, stdout, stderr } = await linearStyle(["inspect", ...args], { cwd: folder.path });
    assert.equal(code, 0, stderr);
    return text(stdout);
  };
  assert.equal(
    await inspect("in"),
    "PNG picture, 96×64 px, RGB with transparency, 8 bits a channel, no color profile, upright, EXIF\n",
  );
  assert.deepEqual(JSON.parse(await inspect("in", "--json")), {
    ...{ kind: "picture", format: "png", width: 96, height: 64, color: "RGB", alpha: true },
    ...{ bits: 8, orientation: 1, metadata: ["EXIF"] },
  });
});

Deno.test({
  name: "inspect tells what is in a fixture of each kind",
  ignore: withoutPillow,
  async fn() {
    await using folder = await temporaryFolder();
    await using program = new Session(folder.path);
    const expected = {
      "cmyk-profile.jpg": "JPEG picture, 93×61 px, CMYK, 8 bits a channel, A press, upright",
      "display-p3-turned.jpg":
        "JPEG picture, 93×61 px, RGB, 8 bits a channel, Display P3, to be turned (EXIF orientation 6), EXIF",
      "grey-16.png": "PNG picture, 93×61 px, gray, 16 bits a channel, no color profile, upright",
      "palette-2.png":
        "PNG picture, 93×61 px, palette, 2 bits a channel, no color profile, upright",
      "adobe-rgb.webp":
        "WebP picture, 93×61 px, RGB with transparency, 8 bits a channel, Adobe RGB (1998), upright",
      "rgba-16-tiles.tif":
        "TIFF picture, 93×61 px, RGB with transparency, 16 bits a channel, no color profile, upright",
      "orientation-5.avif":
        "AVIF picture, 93×61 px, RGB, 8 bits a channel, no color profile, to be turned (EXIF orientation 5)",
      "code-points.png": "PNG picture, 93×61 px, RGB, 8 bits a channel, Display P3, upright",
      "bilevel.bmp":
        "BMP picture, 93×61 px, palette, 1 bit a channel, no color profile, upright, 96.01 px an inch",
    };
    for (const { file, bytes } of await makeFixtures()) {
      const line = expected[file as keyof typeof expected];
      if (!line) continue;
      await Deno.writeFile(`${folder.path}/${file}`, bytes);
      const { stdout } = await program.run(["inspect", file]);
      assert.equal(text(stdout), `${line}\n`);
    }
  },
});

Deno.test("what a user should know of a file is noted, but not with --quiet", async () => {
  await using folder = await studio("png");
  await using program = new Session(folder.path);
  const { path: cwd } = folder;
  const whole = await Deno.readFile(`${cwd}/in`);
  const profile = new Uint8Array(200);
  profile.set(new TextEncoder().encode("CMYK"), 16);
  const iccp = chunk("iCCP", concatenate([Uint8Array.of(120, 0, 0), deflateSync(profile)]));
  // In place of the chunk that says sRGB.
  await Deno.writeFile(
    `${cwd}/in`,
    concatenate([whole.subarray(0, 33), iccp, whole.subarray(46)]),
  );
  const args = ["stylize", "in", ...STYLE, "-o", "out.png"];
  const { code, stderr } = await program.run(args);
  assert.equal(code, 0, stderr);
  const note = "The color profile is for CMYK colors, not for RGB: it is ignored";
  assert.equal(stderr, `note: "in": ${note}\nout.png\n`);
  const quiet = await program.run([...args, "--quiet", "--overwrite"]);
  assert.deepEqual([quiet.code, quiet.stderr], [0, ""]);
});
