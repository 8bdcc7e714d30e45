import assert from "node:assert/strict";
import { decodeImage, encodeImage, resize } from "../../src/mod.ts";
import { detectFormat } from "../../src/image/formats/registry.ts";
import { psnr } from "../helpers/pictures.ts";
import {
  example,
  linearStyle,
  list,
  PROJECT,
  shellCommand,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { FASTEST, RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const SMALL = ["--size", "64", "--style-size", "96", ...RUNTIME];

/** Size of the picture in a file or in bytes. */
async function sizeOf(source: string | Uint8Array): Promise<[number, number]> {
  const bytes = typeof source === "string" ? await Deno.readFile(source) : source;
  const { width, height } = await decodeImage(bytes);
  return [width, height];
}

/** A folder with a content and a style. */
function studio() {
  return temporaryFolder({ "island.jpg": "island.jpg", "mosaic.jpg": "mosaic.jpg" });
}

Deno.test("stylize writes a picture of the content's size", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const args = ["stylize", "island.jpg", "mosaic.jpg", "-o", "out.png", ...RUNTIME];
  const { code, stdout, stderr } = await linearStyle(args, { cwd });
  assert.equal(code, 0, stderr);
  assert.equal(stdout.length, 0);
  assert.equal(stderr, "out.png\n");
  assert.deepEqual(await sizeOf(`${cwd}/out.png`), [768, 512]);
  assert.deepEqual(list(cwd), ["island.jpg", "mosaic.jpg", "out.png"]);
});

Deno.test("stylize reads and writes pipes", async () => {
  const stdin = await Deno.readFile(example("island.jpg"));
  const { code, stdout, stderr } = await linearStyle(
    ["stylize", "-", example("mosaic.jpg"), ...SMALL],
    { stdin },
  );
  assert.equal(code, 0, stderr);
  assert.equal(detectFormat(stdout), "png");
  assert.deepEqual(await sizeOf(stdout), [96, 64]);
});

Deno.test("stylize gives the same bytes to a file and to a pipe, run after run", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  const pair = ["stylize", "island.jpg", "mosaic.jpg", ...SMALL, "--format", "jpeg"];
  const { stdout } = await linearStyle([...pair, "-o", "-"], { cwd });
  await linearStyle([...pair, "-o", "a.jpg"], { cwd });
  await linearStyle([...pair, "-o", "b.jpg", "--quiet"], { cwd });
  assert.deepEqual(await Deno.readFile(`${cwd}/a.jpg`), stdout);
  assert.deepEqual(await Deno.readFile(`${cwd}/b.jpg`), stdout);
});

Deno.test("stylize chooses the format by --format, then by the output's name", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const cases: [string[], string, string][] = [
    [["-o", "a.png"], "a.png", "png"],
    [["-o", "b.JPEG"], "b.JPEG", "jpeg"],
    [["-o", "c.png", "--format", "jpeg"], "c.png", "jpeg"],
    [["-o", "d"], "d", "jpeg"],
  ];
  for (const [args, name, format] of cases) {
    const all = ["stylize", "island.jpg", "mosaic.jpg", ...SMALL, ...args];
    const { code, stderr } = await program.run(all);
    assert.equal(code, 0, stderr);
    assert.equal(detectFormat(await Deno.readFile(`${cwd}/${name}`)), format, name);
  }
});

Deno.test("what comes from standard input goes to standard output, and files beside themselves", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/photos`);
  await Deno.copyFile(`${cwd}/island.jpg`, `${cwd}/photos/a.jpg`);
  const run = async (contents: string[], stdin?: Uint8Array<ArrayBuffer>) => {
    const args = ["stylize", ...contents, "mosaic.jpg", ...SMALL];
    const { code, stdout, stderr } = await linearStyle(args, { cwd, ...(stdin ? { stdin } : {}) });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  // However many files a pattern matches, nothing goes into what a job has redirected.
  for (const count of [1, 2]) {
    if (count === 2) await Deno.copyFile(`${cwd}/island.jpg`, `${cwd}/photos/b.jpg`);
    const contents = ["a", "b"].slice(0, count).map((name) => `photos/${name}.jpg`);
    assert.equal((await run(contents)).length, 0);
    const results = list(`${cwd}/photos`).filter((name) => name.endsWith("-mosaic.jpg"));
    assert.equal(results.length, count);
    for (const name of results) await Deno.remove(`${cwd}/photos/${name}`);
  }
  const piped = await run(["-"], await Deno.readFile(`${cwd}/island.jpg`));
  assert.equal(detectFormat(piped), "png");
  assert.deepEqual(await run(["island.jpg", "-o", "-"]), piped);
});

Deno.test("--alpha 0 gives the content back", async () => {
  const content = await decodeImage(await Deno.readFile(example("island.jpg")));
  const { stdout } = await linearStyle([
    ...["stylize", example("island.jpg"), example("mosaic.jpg"), "--size", "256"],
    ...["--alpha", "0", "-o", "-", ...RUNTIME],
  ]);
  assert.ok(psnr(await decodeImage(stdout), await resize(content, 384, 256)) > 26);
});

Deno.test("--quality below its default makes smaller files", async () => {
  const pair = ["stylize", example("island.jpg"), example("mosaic.jpg"), ...SMALL, "-o", "-"];
  const sizes = [];
  for (const quality of ["20", "95"]) {
    const args = [...pair, "--format", "jpeg", "--quality", quality];
    sizes.push((await linearStyle(args)).stdout.length);
  }
  assert.ok(sizes[0]! < sizes[1]! / 2, sizes.join());
});

Deno.test("stylize replaces a file only with --overwrite", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.writeTextFile(`${cwd}/out.png`, "precious");
  const args = ["stylize", "island.jpg", "mosaic.jpg", ...SMALL, "-o", "out.png"];
  const refused = await program.run(args);
  assert.equal(refused.code, 1);
  assert.equal(
    refused.stderr,
    'error: Cannot write "out.png": the file exists; --overwrite replaces it\n',
  );
  assert.equal(await Deno.readTextFile(`${cwd}/out.png`), "precious");
  const replaced = await program.run([...args, "--overwrite"]);
  assert.equal(replaced.code, 0, replaced.stderr);
  assert.deepEqual(await sizeOf(`${cwd}/out.png`), [96, 64]);
});

Deno.test("--quiet says nothing, --verbose says which backend", async () => {
  const pair = ["stylize", example("island.jpg"), example("mosaic.jpg"), ...SMALL, "-o", "-"];
  assert.equal((await linearStyle([...pair, "--quiet"])).stderr, "");
  assert.match(
    (await linearStyle([...pair, "--verbose"])).stderr,
    new RegExp(`^backend: ${FASTEST} \\(1 thread\\)`, "m"),
  );
});

Deno.test("the task runs from a subfolder, with paths from there", async () => {
  const out = `${PROJECT}examples/stylized-by-a-test.png`;
  try {
    const { code, stderr } = await spawn(Deno.execPath(), [
      ...["run", "stylize", "island.jpg", "mosaic.jpg", "-o", "stylized-by-a-test.png", ...SMALL],
    ], { cwd: `${PROJECT}examples` });
    assert.equal(code, 0, stderr);
    assert.deepEqual(await sizeOf(out), [96, 64]);
  } finally {
    await Deno.remove(out).catch(() => {});
  }
});

Deno.test({
  name: "on a terminal, the result goes beside the content, and progress to standard error",
  // `script`, of util-linux, gives a program a terminal.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    const line = shellCommand(["stylize", "island.jpg", "mosaic.jpg", ...SMALL]);
    const { code, stdout } = await spawn("script", ["-qec", line, "/dev/null"], { cwd });
    const screen = text(stdout);
    assert.equal(code, 0, screen);
    assert.match(screen, /Restyling: 0 %/);
    assert.deepEqual(await sizeOf(`${cwd}/island-mosaic.jpg`), [96, 64]);
    const terminal = await spawn("script", ["-qec", `${line} -o -`, "/dev/null"], { cwd });
    assert.equal(terminal.code, 2);
    assert.match(text(terminal.stdout), /Standard output is a terminal/);
  },
});

Deno.test("wrong input is one line on standard error, and nothing is written", async (t) => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const picture = await decodeImage(await Deno.readFile(example("island.jpg")));
  const png = await encodeImage(await resize(picture, 90, 60), "png");
  await Deno.writeFile(`${cwd}/truncated.png`, png.slice(0, png.length / 2));
  await Deno.writeTextFile(`${cwd}/text.jpg`, "not a picture");
  await Deno.writeFile(`${cwd}/empty.jpg`, new Uint8Array());
  await Deno.writeFile(`${cwd}/tiny.png`, await encodeImage(await resize(picture, 5, 5), "png"));
  await Deno.mkdir(`${cwd}/folder`);
  const before = list(cwd);

  const [island, mosaic] = ["island.jpg", "mosaic.jpg"];
  const out = ["-o", "out.png"];
  const cases: [string[], number, string][] = [
    [["absent.jpg", mosaic, ...out], 1, 'Cannot read "absent.jpg": there is no such file'],
    [[island, "absent.jpg", ...out], 1, 'Cannot read "absent.jpg": there is no such file'],
    [
      ["text.jpg", mosaic, ...out],
      1,
      '"text.jpg": Not an image that can be read: use PNG, JPEG, GIF, WebP, AVIF, TIFF or BMP',
    ],
    [["truncated.png", mosaic, ...out], 1, '"truncated.png": The PNG file is damaged or cut off'],
    [["empty.jpg", mosaic, ...out], 1, '"empty.jpg": The file is empty'],
    [["folder", mosaic, "-o", "results"], 1, 'There is no picture in "folder"'],
    [[island, "folder", ...out], 1, 'There is no picture in "folder"'],
    [
      ["tiny.png", mosaic, ...out],
      1,
      '"tiny.png": A picture must be at least 8 px wide and high, not 5×5',
    ],
    [[island, mosaic, "-o", "no/out.png"], 1, 'Cannot write "no/out.png": there is no such folder'],
    [
      [island, mosaic, "-o", "island.jpg/x.png"],
      1,
      'Cannot write "island.jpg/x.png": a part of its path is not a folder',
    ],
    [[island, mosaic, "-o", "/proc/out.png"], 1, 'Cannot write "/proc/out.png": '],
    [[island, mosaic, "-o", island], 2, 'The result would replace the content "island.jpg"'],
    [
      ["-", "-", ...out],
      2,
      "Only one of the files can be standard input: name a file for the others",
    ],
    [
      [island, mosaic, ...out, "--alpha", "2"],
      2,
      "option '--alpha <0..1.5>' argument '2' is invalid. Expected a number from 0 to 1.5.",
    ],
    [
      [island, mosaic, ...out, "--alpha", "much"],
      2,
      "option '--alpha <0..1.5>' argument 'much' is invalid. Expected a number from 0 to 1.5.",
    ],
    [
      [island, mosaic, ...out, "--size", "5"],
      2,
      "option '--size <px|WxH>' argument '5' is invalid. Expected a whole number from 8 to 32768, or two",
    ],
    [
      [island, mosaic, ...out, "--size", "512px"],
      2,
      "option '--size <px|WxH>' argument '512px' is invalid. Expected a whole number from 8 to 32768, or two",
    ],
    [
      [island, mosaic, ...out, "--threads", "0"],
      2,
      "option '--threads <n>' argument '0' is invalid. Expected a whole number from 1 to 256.",
    ],
    [
      [island, mosaic, ...out, "--quality", "101"],
      2,
      "option '--quality <1..100>' argument '101' is invalid. Expected a whole number from 1 to 100.",
    ],
    [
      [island, mosaic, ...out, "--format", "bmp"],
      2,
      "option '--format <name>' argument 'bmp' is invalid. Allowed choices are png, jpeg, webp, avif, tiff.",
    ],
    [
      [island, mosaic, ...out, "--backend", "cuda"],
      2,
      "option '--backend <name>' argument 'cuda' is invalid. Allowed choices are auto, webgpu, native, builtin, wasm.",
    ],
    [
      [island, mosaic, ...out, "--aplha", "1"],
      2,
      "unknown option '--aplha' (Did you mean --alpha?)",
    ],
    [[island, ...out], 2, "missing required argument 'style'"],
    [[island, island, mosaic, ...out], 2, '-o names a folder, and "out.png" is a file\'s name'],
    [[island, mosaic, ...out, "--model", "absent"], 1, "is this the folder of a model?"],
  ];
  for (const [args, code, message] of cases) {
    await t.step(args.join(" "), async () => {
      const result = await program.run(["stylize", ...args]);
      assert.match(result.stderr, /^error: [^\n]+\n$/);
      assert.ok(result.stderr.includes(message), result.stderr);
      assert.equal(result.code, code);
      assert.equal(result.stdout.length, 0);
      assert.deepEqual(list(cwd), before);
    });
  }
});
