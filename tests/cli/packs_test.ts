import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeImage, encodeImage, type Pixels, StylePack } from "../../src/mod.ts";
import { crop } from "../../src/image/pixels.ts";
import { flat, largestDifference } from "../helpers/pictures.ts";
import { example, linearStyle, list, PROJECT, temporaryFolder, text } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const PRECOMPUTE = ["precompute-style-covariance", "--style-size", "96", ...RUNTIME];
const STYLIZE = ["stylize", example("island.jpg"), "--size", "64", "-o", "-", ...RUNTIME];

/** A folder with the example styles, a pack of them and files that are no pictures. */
async function gallery() {
  const names = ["mosaic.jpg", "strokes.jpg", "woodcut.jpg"];
  const folder = await temporaryFolder(
    Object.fromEntries(names.map((name) => [`art/${name}`, name])),
  );
  await Deno.writeTextFile(`${folder.path}/art/notes.txt`, "not a picture, and no reason to stop");
  return folder;
}

Deno.test("a folder becomes a pack, the same bytes every time", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  const { code, stderr } = await linearStyle([...PRECOMPUTE, "art", "-o", "a.safetensors"], {
    cwd,
  });
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "a.safetensors: 3 of 3 styles; 1 left out: not a picture\n");
  await linearStyle([...PRECOMPUTE, "art/*.jpg", "-o", "b.safetensors", "--quiet"], { cwd });
  const bytes = await Deno.readFile(`${cwd}/a.safetensors`);
  assert.deepEqual(await Deno.readFile(`${cwd}/b.safetensors`), bytes);
  const piped = await linearStyle([...PRECOMPUTE, "art", "-o", "-"], { cwd });
  assert.deepEqual([piped.code, piped.stderr], [0, ""]);
  assert.deepEqual(piped.stdout, bytes);
  const pack = await StylePack.open(bytes);
  assert.deepEqual(pack.styles, [
    { name: "mosaic", width: 96, height: 96 },
    { name: "strokes", width: 120, height: 96 },
    { name: "woodcut", width: 120, height: 96 },
  ]);
});

Deno.test("a style gives the same picture through a pack and through its image", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await program.run([...PRECOMPUTE, "art", "-o", "p.safetensors"]);
  for (const name of ["mosaic", "woodcut"]) {
    const packed = await program.run([...STYLIZE, `p.safetensors#${name}`]);
    const direct = await program.run([...STYLIZE, `art/${name}.jpg`, "--style-size", "96"]);
    assert.equal(packed.code, 0, packed.stderr);
    assert.deepEqual(packed.stdout, direct.stdout);
  }
});

Deno.test("a bad picture is named and left out, and --strict stops at it", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.writeTextFile(`${cwd}/art/broken.jpg`, "no picture");
  const skipped = await program.run([...PRECOMPUTE, "art", "-o", "p.safetensors"]);
  assert.equal(skipped.code, 1);
  assert.match(skipped.stderr, /^error: "art\/broken\.jpg": Not an image/);
  assert.match(skipped.stderr, /error: 1 of 4 pictures could not be read\n$/);
  assert.equal(
    (await StylePack.open(await Deno.readFile(`${cwd}/p.safetensors`))).styles.length,
    3,
  );
  const strict = await program.run([...PRECOMPUTE, "art", "-o", "q.safetensors", "--strict"]);
  assert.equal(strict.code, 1);
  assert.equal(strict.stderr.split("\n").length, 2, strict.stderr);
  assert.ok(!list(cwd).includes("q.safetensors"));
});

Deno.test("styles mix by their weights, whatever their scale", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const mix = async (...styles: string[]) => {
    const args = styles.flatMap((style) => ["--style", style]);
    const { code, stdout, stderr } = await program.run(
      [...STYLIZE, ...args, "--style-size", "96"],
    );
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const [mosaic, strokes] = ["art/mosaic.jpg", "art/strokes.jpg"];
  const even = await mix(mosaic, strokes);
  assert.deepEqual(await mix(`${mosaic}:2`, `${strokes}:2.0`), even);
  assert.deepEqual(await mix(`${mosaic}:1`, `${strokes}:0`), await mix(mosaic));
  const [a, b, m] = await Promise.all(
    [await mix(mosaic), await mix(strokes), even].map((bytes) => decodeImage(bytes)),
  );
  assert.ok(largestDifference(a!, m!) > 10 && largestDifference(b!, m!) > 10);
});

Deno.test("blend takes levels from styles, and keeps itself as a style", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const content = [example("island.jpg"), "--size", "64", "-o", "-"];
  const common = ["--style-size", "96", ...RUNTIME];
  const levels = ["--level", "1=art/mosaic.jpg", "--level", "4=art/strokes.jpg:0.5"];
  const blended = await program.run(
    [
      "blend",
      ...content,
      ...common,
      ...levels,
      "--save-pack",
      "blend.safetensors",
      "--save-as",
      "mine",
    ],
  );
  assert.equal(blended.code, 0, blended.stderr);
  const again = await program.run([...STYLIZE, "blend.safetensors#mine"]);
  assert.deepEqual(again.stdout, blended.stdout);

  const alone = [
    "blend",
    ...common,
    ...levels,
    "--save-pack",
    "only.safetensors",
    "--save-as",
    "mine",
  ];
  assert.equal((await program.run(alone)).code, 0);
  assert.deepEqual(
    await Deno.readFile(`${cwd}/only.safetensors`),
    await Deno.readFile(`${cwd}/blend.safetensors`),
  );

  const one = [1, 2, 3, 4].flatMap((level) => ["--level", `${level}=art/mosaic.jpg`]);
  const whole = await program.run(["blend", ...content, ...common, ...one]);
  const style = await program.run([...STYLIZE, "art/mosaic.jpg", "--style-size", "96"]);
  assert.deepEqual(whole.stdout, style.stdout);
});

Deno.test("--levels weighs the levels of one style", async () => {
  await using program = new Session(PROJECT);
  const run = async (...args: string[]) => {
    const pair = [...STYLIZE, example("mosaic.jpg"), "--style-size", "96", ...args];
    const { code, stdout, stderr } = await program.run(pair);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const all = await run();
  assert.deepEqual(await run("--levels", "1:1,2:1,3:1,4:1"), all);
  assert.deepEqual(await run("--levels", "4:0.5,1:0.5,2:.5,3:0.5"), all);
  const [first, last] = [await run("--levels", "1:1"), await run("--levels", "4:1")];
  assert.notDeepEqual(first, last);
});

Deno.test("inspect shows packs, models and pictures", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await program.run([...PRECOMPUTE, "art", "-o", "p.safetensors"]);
  const inspect = async (...args: string[]) => {
    const { code, stdout, stderr } = await program.run(["inspect", ...args]);
    assert.equal(code, 0, stderr);
    return text(stdout);
  };
  assert.match(
    await inspect("p.safetensors"),
    /style pack of the model default.*\n {2}mosaic: read at 96×96/,
  );
  const facts = JSON.parse(await inspect("p.safetensors", "--json", "--thumbnails", "small"));
  assert.equal(facts.styles.length, 3);
  assert.deepEqual(list(`${cwd}/small`), ["mosaic.png", "strokes.png", "woodcut.png"]);
  const { width } = await decodeImage(await Deno.readFile(`${cwd}/small/strokes.png`));
  assert.equal(width, 96);

  const model = JSON.parse(await inspect(example("../models/default"), "--json"));
  assert.equal(model.checksum, facts.model.checksum);
  assert.ok(model.files.every(({ intact }: { intact: boolean }) => intact));
  assert.match(await inspect(example("../models/default/model.json")), /^model default/);

  assert.match(await inspect(example("island.jpg")), /^JPEG picture, 768×512 px, RGB, 8 bits/);
});

Deno.test("inspect tells how far apart styles are", async () => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await program.run([...PRECOMPUTE, "art", "-o", "p.safetensors"]);
  const { stdout } = await program.run([
    "inspect",
    "p.safetensors#mosaic",
    "p.safetensors",
    "--json",
  ]);
  const [{ style, nearest }] = JSON.parse(text(stdout));
  assert.equal(style, "mosaic");
  assert.equal(nearest[0].name, "mosaic");
  assert.ok(nearest[0].distance < 0.05 && nearest[1].distance > 0.1, text(stdout));
});

Deno.test("a grid is one sheet of all combinations", async () => {
  const styles = `style=${example("mosaic.jpg")},${example("woodcut.jpg")}`;
  const args = [...STYLIZE, "--grid", "alpha=0.2,0.6,1", "--grid", styles, "--style-size", "96"];
  const { code, stdout, stderr } = await linearStyle(args);
  assert.equal(code, 0, stderr);
  const sheet = await decodeImage(stdout);
  // Three pictures of 96×64 px and gaps of 8 px; two rows, each with a line of text.
  assert.equal(sheet.width, 8 + 3 * (96 + 8));
  assert.equal(sheet.height, 8 + 2 * (64 + 8 + 22));
  const black = sheet.data.filter((value, i) => i % 4 === 0 && value === 0).length;
  assert.ok(black > 200, "the labels are there");
});

Deno.test("--brush sets the passes, alone and along a grid", async () => {
  await using program = new Session(PROJECT);
  const pair = [example("island.jpg"), example("mosaic.jpg"), "--style-size", "96", ...RUNTIME];
  const stylize = async (...args: string[]) => {
    const { code, stdout, stderr } = await program.run(["stylize", ...pair, "-o", "-", ...args]);
    assert.equal(code, 0, stderr);
    return await decodeImage(stdout);
  };
  const [fine, broad, own] = [
    await stylize("--size", "192", "--brush", "fine"),
    await stylize("--size", "192", "--brush", "broad"),
    await stylize("--size", "192"),
  ];
  assert.deepEqual(own.data, broad.data, "of a small picture, there are two at most");
  assert.ok(largestDifference(fine, broad) > 16);
  const sheet = await stylize("--size", "192", "--grid", "brush=fine,broad");
  for (const [index, cell] of [fine, broad].entries()) {
    const left = 8 + index * (cell.width + 8);
    const { data, width, height } = cell;
    assert.deepEqual(crop(sheet, { left, top: 8, width, height }).data, data);
  }
});

Deno.test("--style-mask none reads paper as it is", async () => {
  await using program = new Session(PROJECT);
  const sheet = flat(96, 96, [255, 255, 255, 255]);
  for (let row = 20; row < 70; row++) {
    for (let x = 20; x < 70; x++) sheet.data.set([0, 0, 0], 4 * (96 * row + x));
  }
  await using folder = await temporaryFolder();
  const drawing = `${folder.path}/drawing.png`;
  await Deno.writeFile(drawing, await encodeImage(sheet, "png"));
  const brightness = async (...args: string[]) => {
    const pair = [...STYLIZE, "--style", drawing, ...args, "--style-size", "96"];
    const { code, stdout, stderr } = await program.run(pair);
    assert.equal(code, 0, stderr);
    const { data } = await decodeImage(stdout);
    return data.reduce((sum, value) => sum + value, 0) / data.length;
  };
  assert.ok(await brightness() < await brightness("--style-mask", "none") - 5);
});

Deno.test("a mask says where a style goes", async () => {
  await using program = new Session(PROJECT);
  const mask = ["--mask", example("island-sky.png")];
  const pair = [...STYLIZE, example("stained-glass.jpg"), "--style-size", "96"];
  const [masked, all, none] = await Promise.all(
    [[...pair, ...mask], pair, [...pair, "--alpha", "0"]].map(async (args) => {
      const { code, stdout, stderr } = await program.run(args);
      assert.equal(code, 0, stderr);
      return await decodeImage(stdout);
    }),
  ) as [Pixels, Pixels, Pixels];
  /** Mean difference of two pictures in some rows. */
  const gap = (a: Pixels, b: Pixels, top: number, bottom: number) => {
    const [start, end] = [4 * a.width * top, 4 * a.width * bottom];
    const other = b.data.subarray(start, end);
    const sum = a.data.subarray(start, end)
      .reduce((sum, value, index) => sum + Math.abs(value - other[index]!), 0);
    return sum / (end - start);
  };
  const [sky, sea] = [[0, 8], [54, 64]] as const;
  assert.ok(gap(masked, none, ...sea) < 0.5 * gap(all, none, ...sea), "the sea is as it was");
  assert.ok(gap(masked, all, ...sky) < 0.5 * gap(masked, none, ...sky), "the sky is in the style");
});
Deno.test("colours are kept, or taken alone", async () => {
  await using program = new Session(PROJECT);
  const run = async (...args: string[]) => {
    const pair = [...STYLIZE, example("strokes.jpg"), "--style-size", "96", ...args];
    const { code, stdout, stderr } = await program.run(pair);
    assert.equal(code, 0, stderr);
    return await decodeImage(stdout);
  };
  /** Mean of blue minus red: strokes.jpg is bluer than the island. */
  const blueness = ({ data }: { data: Uint8ClampedArray }) => {
    let sum = 0;
    for (let index = 0; index < data.length; index += 4) sum += data[index + 2]! - data[index]!;
    return 4 * sum / data.length;
  };
  const content = blueness(await run("--alpha", "0"));
  const styled = blueness(await run());
  assert.ok(Math.abs(styled - content) > 15);
  for (const how of ["luminance", "statistics"]) {
    const kept = blueness(await run("--preserve-color", how));
    assert.ok(Math.abs(kept - content) < 0.4 * Math.abs(styled - content), `${how}: ${kept}`);
  }
  const only = blueness(await run("--color-only"));
  assert.ok(Math.abs(only - styled) < Math.abs(only - content));
});

Deno.test("alpha above 1 goes on, with a note", async () => {
  await using program = new Session(PROJECT);
  const args = [...STYLIZE, example("mosaic.jpg"), "--style-size", "96", "--alpha", "1.3"];
  const { code, stderr } = await program.run(args);
  assert.equal(code, 0);
  assert.match(stderr, /^note: --alpha above 1/);
  assert.equal((await program.run([...args, "--quiet"])).stderr, "");
});

Deno.test("wrong packs, masks, weights and levels are one line, and nothing is written", async (t) => {
  await using folder = await gallery();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await program.run([...PRECOMPUTE, "art", "-o", "p.safetensors"]);
  const pack = await Deno.readFile(`${cwd}/p.safetensors`);
  await Deno.writeFile(`${cwd}/cut.safetensors`, pack.slice(0, 500));
  await Deno.writeTextFile(`${cwd}/text.safetensors`, "hello");
  const checksum = (await StylePack.open(pack)).model.checksum;
  const foreign = Buffer.from(pack).toString("latin1").replace(checksum, "0".repeat(64));
  await Deno.writeFile(`${cwd}/foreign.safetensors`, Buffer.from(foreign, "latin1"));
  const black = await decodeImage(await Deno.readFile(example("island-sky.png")));
  black.data.fill(0);
  const { encodeImage } = await import("../../src/mod.ts");
  await Deno.writeFile(`${cwd}/black.png`, await encodeImage(black, "png"));
  await Deno.mkdir(`${cwd}/nothing`);
  await Deno.mkdir(`${cwd}/twins`);
  await Deno.copyFile(example("mosaic.jpg"), `${cwd}/twins/mosaic.jpg`);
  await Deno.copyFile(example("mosaic.jpg"), `${cwd}/twins/mosaic.jpeg`);
  const before = list(cwd);

  const island = example("island.jpg");
  const [mosaic, out] = ["art/mosaic.jpg", ["-o", "out.png"]];
  const pre = ["precompute-style-covariance"];
  const cases: [string[], number, string][] = [
    [
      ["blend", "--level", `1=${mosaic}`, "--save-pack", "-"],
      1,
      'Cannot write "-": only what -o names can be standard output: name a file',
    ],
    [
      ["stylize", island, "cut.safetensors", ...out],
      1,
      '"cut.safetensors": The file is not a style pack: the head claims to be longer',
    ],
    [
      ["stylize", island, "text.safetensors", ...out],
      1,
      '"text.safetensors": The file is not a style pack: the file is too short',
    ],
    [
      ["stylize", island, "foreign.safetensors#mosaic", ...out],
      1,
      'The style was encoded by the model "default" (000000000000), not by',
    ],
    [
      ["stylize", island, "p.safetensors", ...out],
      1,
      "The pack has 3 styles, and none was named: mosaic, strokes, woodcut (name one after a #",
    ],
    [["stylize", island, "p.safetensors#monet", ...out], 1, 'The pack has no style "monet"'],
    [
      ["stylize", island, "art/mosaic.jpg#x", ...out],
      1,
      'The file is no style pack, so it has no style "x"',
    ],
    [
      ["stylize", island, "p.safetensors#mosaic", "--preserve-color", "statistics", ...out],
      2,
      "needs the style's picture",
    ],
    [
      ["stylize", island, mosaic, "--mask", "absent.png", ...out],
      1,
      'Cannot read "absent.png": there is no such file',
    ],
    [["stylize", island, mosaic, "--mask", "black.png", ...out], 1, "The mask is empty"],
    [["stylize", island, mosaic, "--style-mask", "black.png", ...out], 1, "The mask is empty"],
    [
      ["stylize", island, mosaic, "--mask", "black.png", "--mask", "black.png", ...out],
      2,
      "A style has one mask",
    ],
    [["stylize", island, "--mask", "black.png", ...out], 2, "belongs to no style"],
    [
      ["stylize", island, "--style", `${mosaic}:-1`, ...out],
      2,
      "must be a number of 0 or more: -1",
    ],
    [["stylize", island, "--style", `${mosaic}:0`, ...out], 2, "must not all be 0"],
    [["stylize", island, mosaic, "--levels", "7:1", ...out], 2, "There is no level 7"],
    [["stylize", island, mosaic, "--levels", "1:0", ...out], 2, "must not all be 0"],
    [
      ["stylize", island, mosaic, "--levels", "1:-1", ...out],
      2,
      "Expected something like 1:0.2,3:0.8",
    ],
    [
      ["stylize", island, mosaic, "--levels", "1:1,1:2", ...out],
      2,
      "Expected something like 1:0.2,3:0.8",
    ],
    [
      ["stylize", island, mosaic, "--color-only", "--preserve-color", "luminance", ...out],
      2,
      "--color-only takes the style's colors",
    ],
    [
      ["stylize", island, mosaic, "--alpha", "1.6", ...out],
      2,
      "Expected a number from 0 to 1.5.",
    ],
    [
      ["stylize", island, mosaic, "--grid", "gamma=1", ...out],
      2,
      "Expected something like alpha=0.2,0.6,1",
    ],
    [["stylize", island, mosaic, "--grid", "alpha=1,2", ...out], 2, 'alpha cannot be "2"'],
    [
      ["stylize", island, mosaic, "--grid", "alpha=1", "--grid", "alpha=0", ...out],
      2,
      "given twice",
    ],
    [["stylize", island, "--grid", "alpha=1", ...out], 2, "The sheet needs a style"],
    [["blend", island, "--level", "7=art/mosaic.jpg", ...out], 2, "There is no level 7"],
    [["blend", island, "--level", "0=art/mosaic.jpg", ...out], 2, "There is no level 0"],
    [["blend", island, "--level", "mosaic", ...out], 2, "Expected something like 1=STYLE"],
    [["blend", island, "--level", "1=art/mosaic.jpg:0", ...out], 2, "must not all be 0"],
    [["blend", island, ...out], 2, "A blend needs styles"],
    [["blend", "--level", "1=art/mosaic.jpg", ...out], 2, "missing required argument 'contents'"],
    [
      ["blend", island, "--level", "1=art/mosaic.jpg", "--levels", "1:1", ...out],
      2,
      "--levels is for one style",
    ],
    [[...pre, "nothing", "-o", "q.safetensors"], 1, 'There is no picture in "nothing"'],
    [[...pre, "*.bmp", "-o", "q.safetensors"], 1, 'No picture matches "*.bmp"'],
    [[...pre, "twins", "-o", "q.safetensors"], 2, 'Two styles would be called "mosaic"'],
    [
      [...pre, "art", "--name", "x", "-o", "q.safetensors"],
      2,
      "--name is for one style: here are 3",
    ],
    [[...pre, "art"], 2, "required option '-o, --output <pack>' not specified"],
    [[...pre, mosaic, "-o", "p.safetensors"], 1, "the file exists"],
    [["inspect", "cut.safetensors"], 1, "The file is not a style pack"],
    [["inspect", "art/notes.txt"], 1, "Not an image that can be read"],
    [["inspect", island, "p.safetensors"], 2, "Only style packs can be compared"],
    [["inspect", "foreign.safetensors", "p.safetensors"], 1, "was encoded by the model"],
    [["inspect", island, "--thumbnails", "t"], 2, "--thumbnails is for style packs"],
    [["inspect", "absent"], 1, 'Cannot read "absent": there is no such file'],
  ];
  for (const [args, code, message] of cases) {
    await t.step(args.map((arg) => arg.replace(/^.*\//, "")).join(" "), async () => {
      const backend = args[0] === "inspect" ? [] : RUNTIME;
      const result = await program.run([...args, ...backend]);
      assert.match(result.stderr, /^error: [^\n]+\n$/);
      assert.ok(result.stderr.includes(message), result.stderr);
      assert.equal(result.code, code);
      assert.equal(result.stdout.length, 0);
      assert.deepEqual(list(cwd), before);
    });
  }
});
