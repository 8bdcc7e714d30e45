import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeImage, encodeImage, type Pixels, resize } from "../../src/mod.ts";
import { commandLine, example, linearStyle, spawn, temporaryFolder } from "../helpers/program.ts";
import { missing, unshare } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const OPTIONS = ["--style-size", "32", ...RUNTIME];

const island = await decodeImage(await Deno.readFile(example("island.jpg")));
const STYLES = ["mosaic.jpg", "strokes.jpg", "woodcut.jpg"];

/** All files in a folder and its folders but hidden ones, sorted. */
function tree(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => !name.startsWith("."))
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? tree(`${folder}/${name}`).map((inner) => `${name}/${inner}`) : [name]
    ).sort();
}

const WIDTH = 40;
const HEIGHT = 32;

/** A label map: one class above the other. */
function drawLabels(upper: number[], lower: number[], width = WIDTH): Pixels {
  const data = new Uint8ClampedArray(4 * width * HEIGHT);
  for (let pixel = 0; pixel < width * HEIGHT; pixel++) {
    data.set([...pixel < width * HEIGHT / 2 ? upper : lower, 255], 4 * pixel);
  }
  return { data, width, height: HEIGHT };
}

const [SKY, ROAD, CAR] = [[70, 130, 180], [128, 64, 128], [0, 0, 142]];

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  if (typeof bytes === "string") await Deno.writeTextFile(path, bytes);
  else await Deno.writeFile(path, bytes);
}

/** A folder with `set/`, in the layout of YOLO, and `real/`, styles with label maps. */
async function datasets(count = 5) {
  const folder = await temporaryFolder();
  const [set, real] = [`${folder.path}/set`, `${folder.path}/real`];
  for (let index = 0; index < count; index++) {
    const picture = await resize(island, WIDTH + index, HEIGHT);
    const format = index % 2 === 0 ? "jpeg" : "png";
    const name = `${index % 3 === 0 ? "train" : "val"}/${index}`;
    const ending = format === "jpeg" ? "jpeg" : "png"; // Endings are kept as they are.
    await write(`${set}/images/${name}.${ending}`, await encodeImage(picture, format));
    const labels = drawLabels(SKY!, index === 1 ? CAR! : ROAD!, WIDTH + index);
    await write(`${set}/labels/${name}.png`, await encodeImage(labels, "png"));
  }
  await write(`${set}/data.yaml`, "names: [sky, road]\n");
  for (const name of STYLES) {
    const picture = await resize(await decodeImage(await Deno.readFile(example(name))), 48, HEIGHT);
    await write(`${real}/images/${name}`, await encodeImage(picture, "jpeg"));
    const labels = await encodeImage(drawLabels(SKY!, ROAD!, 48), "png");
    await write(`${real}/labels/${name.replace("jpg", "png")}`, labels);
  }
  return folder;
}

async function restyle(cwd: string, ...args: string[]) {
  return await linearStyle(["dataset", "set", "real", ...args, ...OPTIONS], { cwd });
}

interface Row {
  content: string;
  style: string;
  output: string;
  alpha: number;
  sha256: string;
  width: number;
  settings: { levels?: number[] };
}

async function readIndex(folder: string): Promise<Row[]> {
  const text = await Deno.readTextFile(`${folder}/index.jsonl`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Compares all files of two folders of results. */
async function assertSame(one: string, other: string): Promise<void> {
  assert.deepEqual(tree(one), tree(other));
  for (const name of tree(one)) {
    const [a, b] = [await Deno.readFile(`${one}/${name}`), await Deno.readFile(`${other}/${name}`)];
    assert.ok(a.length === b.length && a.every((byte, at) => byte === b[at]), name);
  }
}

Deno.test("a data set keeps its tree, its sizes and, byte for byte, its labels", async () => {
  await using folder = await datasets();
  const cwd = folder.path;
  const { code, stderr } = await restyle(cwd, "-o", "out", "--alpha", "0.3..1", "--seed", "3");
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /^5 restyled in \d+ s \([\d,]+ an hour, \d+ % of the time in the networks\); 6 other files copied\n$/,
  );
  assert.deepEqual(tree(`${cwd}/out`), [...tree(`${cwd}/set`), "index.jsonl", "index.tsv"].sort());
  for (const name of tree(`${cwd}/set`).filter((name) => !name.startsWith("images/"))) {
    assert.deepEqual(
      await Deno.readFile(`${cwd}/out/${name}`),
      await Deno.readFile(`${cwd}/set/${name}`),
    );
  }
  const rows = await readIndex(`${cwd}/out`);
  assert.deepEqual(
    rows.map(({ output }) => output).sort(),
    tree(`${cwd}/set/images`)
      .map((name) => `images/${name}`),
  );
  for (const { output, sha256, alpha, width, style } of rows) {
    const bytes = await Deno.readFile(`${cwd}/out/${output}`);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
    assert.ok(alpha >= 0.3 && alpha <= 1);
    const content = await decodeImage(await Deno.readFile(`${cwd}/set/${output}`));
    const result = await decodeImage(bytes);
    assert.deepEqual([result.width, result.height], [content.width, content.height]);
    assert.equal(width, content.width);
    assert.notDeepEqual(result.data, content.data);
    assert.ok(STYLES.includes(style.replace("images/", "")));
  }
  assert.ok(new Set(rows.map(({ alpha }) => alpha)).size > 3);
  const table = (await Deno.readTextFile(`${cwd}/out/index.tsv`)).trimEnd().split("\n");
  const columns = "content\tstyle\toutput\tvariant\talpha\tseed\tsettings\tsha256";
  assert.equal(table[0], columns);
  assert.deepEqual(table.slice(1).map((row) => row.split("\t")[7]), rows.map((row) => row.sha256));

  // Parts, threads and pictures at a time change nothing, and the last run puts parts together.
  for (const part of ["1/3", "2/3", "3/3"]) {
    const more = ["--shard", part, "--jobs", "1", "--threads", "2"];
    const { code, stderr } = await restyle(
      cwd,
      "-o",
      "parts",
      "--alpha",
      "0.3..1",
      "--seed",
      "3",
      ...more,
    );
    assert.equal(code, 0, stderr);
  }
  assert.ok(tree(`${cwd}/parts`).includes("index.2-of-3.tsv"));
  const last = await restyle(cwd, "-o", "parts", "--alpha", "0.3..1", "--seed", "3");
  assert.equal(last.code, 0, last.stderr);
  assert.match(last.stderr, /^0 restyled, 5 skipped/);
  await assertSame(`${cwd}/parts`, `${cwd}/out`);
});

Deno.test("a run that is killed goes on, and one of other settings does not", async () => {
  await using folder = await datasets(8);
  const cwd = folder.path;
  const whole = await restyle(cwd, "-o", "whole");
  assert.equal(whole.code, 0, whole.stderr);
  const child = new Deno.Command(Deno.execPath(), {
    args: commandLine(["dataset", "set", "real", "-o", "out", "--json", ...OPTIONS]),
    cwd,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  for await (const _line of child.stdout) {
    child.kill("SIGKILL");
    break;
  }
  await child.status;
  const made = tree(`${cwd}/out`).filter((name) => name.startsWith("images")).length;
  // As if it had been killed with a line half written, and a result whose line is lost.
  await Deno.writeTextFile(`${cwd}/out/index.jsonl`, '{"begun":"images/trai', { append: true });
  const resumed = await restyle(cwd, "-o", "out");
  assert.equal(resumed.code, 0, resumed.stderr);
  const [, skipped] = /(\d+) skipped/.exec(resumed.stderr) ?? [];
  assert.ok(Number(skipped) >= 1 && Number(skipped) <= made, resumed.stderr);
  await assertSame(`${cwd}/out`, `${cwd}/whole`);

  const other = await restyle(cwd, "-o", "out", "--alpha", "0.5");
  assert.equal(other.code, 1);
  assert.match(other.stderr, /^error: "out" holds results of other settings, such as "images\//);
  assert.match(other.stderr, /name another folder \(--overwrite makes them anew\)\n$/);
  await assertSame(`${cwd}/out`, `${cwd}/whole`);

  // A result that has been damaged is found where that is asked for.
  const first = (await readIndex(`${cwd}/out`))[0]!.output;
  await Deno.truncate(`${cwd}/out/${first}`, 100);
  const blind = await restyle(cwd, "-o", "out");
  assert.match(blind.stderr, /^0 restyled, 8 skipped/);
  const verified = await restyle(cwd, "-o", "out", "--verify");
  assert.equal(verified.code, 0, verified.stderr);
  assert.match(verified.stderr, /^1 restyled, 7 skipped/);
  await assertSame(`${cwd}/out`, `${cwd}/whole`);

  // A file that no run has made is not replaced.
  await write(`${cwd}/mine/${first}`, "mine");
  const mine = await restyle(cwd, "-o", "mine");
  assert.equal(mine.code, 1);
  assert.match(mine.stderr, /"mine\/images\/.*": the file exists; --overwrite replaces it/);
  assert.equal(await Deno.readTextFile(`${cwd}/mine/${first}`), "mine");
  assert.match(mine.stderr, /\n7 restyled, 1 failed in/);
});

Deno.test("what is wrong with a data set is named and counted, and the rest is made", async () => {
  await using folder = await datasets();
  const cwd = folder.path;
  await write(`${cwd}/real/images/bad.jpg`, "no picture");
  await write(`${cwd}/set/images/train/bad.png`, "no picture");
  await write(`${cwd}/set/labels/train/bad.png`, "none either");
  await write(`${cwd}/set/labels/train/lost.png`, "a label");
  await write(`${cwd}/set/images/train/0.png`, await encodeImage(island, "png"));
  await write(`${cwd}/set/images/val/bare.png`, await encodeImage(island, "png"));
  await Deno.symlink("nowhere", `${cwd}/set/images/link.jpg`);
  const more = ["--labels", "set/labels", "--per-content", "2"];
  const { code, stderr } = await restyle(cwd, "-o", "out", ...more);
  assert.equal(code, 1);
  for (
    const message of [
      'error: "set/images/link.jpg" is a link that leads to no file: it is left out',
      'error: "set/images/train/0.jpeg" and "set/images/train/0.png" would have one label',
      'error: "set/images/val/bare.png" has no label in "set/labels"',
      'error: "set/labels/train/lost.png" is a label without its picture',
      'error: "set/images/train/bad.png": Not an image',
      'error: "real/images/bad.jpg": Not an image',
    ]
  ) assert.ok(stderr.includes(message), `${message}\n${stderr}`);
  assert.match(stderr, /14 restyled, 2 failed in .*; 16 other files copied; 1 style unreadable\n/);
  assert.match(stderr, /\nerror: 2 of 16 results could not be made; 5 other faults\n$/);
  const rows = await readIndex(`${cwd}/out`);
  assert.equal(rows.length, 14);
  for (const { content, style } of rows) {
    assert.notEqual(style, "images/bad.jpg");
    const variants = rows.filter((row) => row.content === content);
    assert.deepEqual(variants.map(({ output }) => output), [
      `variant-1/${content}`,
      `variant-2/${content}`,
    ]);
  }
  // Of what fails again, nothing is made twice.
  const again = await restyle(cwd, "-o", "out", ...more);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /\n0 restyled, 14 skipped, 2 failed in/);
});

Deno.test("two contents of which both results would have one name", async () => {
  await using folder = await datasets(1);
  const cwd = folder.path;
  const magick = await Deno.readFile(`${cwd}/set/images/train/0.jpeg`);
  // A format that is read, but not written: its result is a PNG.
  await write(`${cwd}/set/images/train/0.bmp`, magick);
  await write(`${cwd}/set/images/train/0.png`, await encodeImage(island, "png"));
  const { code, stderr } = await restyle(cwd, "-o", "out");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: "set\/images\/train\/0\.bmp" and "set\/images\/train\/0\.png" would both be "images\/train\/0\.png"\n2 restyled/,
  );
});

Deno.test("contents are matched by statistics of the set, and by those of its classes", async (t) => {
  await using folder = await datasets();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const labels = ["--labels", "set/labels", "--style-labels", "real/labels"];
  const ways = {
    picture: [],
    pooled: ["--pair", "pool"],
    dataset: ["--pair", "pool", "--statistics", "dataset"],
    class: ["--pair", "pool", ...labels],
    "class-random": labels,
    photo: ["--photo"],
    "photo-dataset": ["--photo", "--pair", "pool", "--statistics", "dataset"],
    "photo-class": ["--photo", ...labels],
  };
  const seen = new Map<string, string>();
  for (const [name, options] of Object.entries(ways)) {
    await t.step(name, async () => {
      const { code, stderr } = await restyle(cwd, "-o", name, ...options);
      assert.equal(code, 0, stderr);
      const key = (await readIndex(`${cwd}/${name}`)).map(({ sha256 }) => sha256).join();
      for (const [other, known] of seen) assert.notEqual(key, known, `${name} is ${other}`);
      seen.set(name, key);
      assert.deepEqual(
        tree(`${cwd}/${name}`),
        [
          ...tree(`${cwd}/set`),
          "index.jsonl",
          "index.tsv",
        ].sort(),
      );
    });
  }
  await t.step("the same in parts", async () => {
    for (const part of ["1/2", "2/2", undefined]) {
      const more = part ? ["--shard", part] : [];
      const { code, stderr } = await restyle(cwd, "-o", "parts", ...ways.class, ...more);
      assert.equal(code, 0, stderr);
    }
    await assertSame(`${cwd}/parts`, `${cwd}/class`);
  });
  await t.step("and with the pooled style from a pack", async () => {
    const pack = ["pack", "real/images", "--pool", "streets", "-o", "p.safetensors", ...OPTIONS];
    const made = await program.run(pack);
    assert.equal(made.code, 0, made.stderr);
    assert.equal(made.stderr, "p.safetensors: 3 of 3 pictures pooled as streets\n");
    const args = ["dataset", "set", "p.safetensors", "-o", "packed", "--statistics", "dataset"];
    const { code, stderr } = await program.run([...args, ...OPTIONS]);
    assert.equal(code, 0, stderr);
    const sums = async (name: string) =>
      (await readIndex(`${cwd}/${name}`)).map(({ sha256 }) => sha256);
    assert.deepEqual(await sums("packed"), await sums("dataset"));
  });
  await t.step("a label map of another size than its picture is refused", async () => {
    await write(
      `${cwd}/set/labels/train/0.png`,
      await encodeImage(drawLabels(SKY!, ROAD!, 99), "png"),
    );
    const { code, stderr } = await restyle(cwd, "-o", "refused", ...labels);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: "set\/labels\/train\/0\.png" has 99×32 px, and its picture .* 40×32/,
    );
    assert.match(stderr, /4 restyled, 1 failed/);
  });
  await t.step("a picture is no label map", async () => {
    await write(
      `${cwd}/set/labels/train/0.png`,
      await encodeImage(await resize(island, 40, 32), "png"),
    );
    const { code, stderr } = await restyle(cwd, "-o", "colorful", ...labels);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: "set\/labels\/train\/0\.png": The picture has more than 256 colors/,
    );
  });
});

Deno.test("levels are drawn, and side files linked or left", async () => {
  await using folder = await datasets(3);
  const cwd = folder.path;
  const linked = await restyle(
    cwd,
    "-o",
    "linked",
    "--side-files",
    "link",
    "--levels",
    "1:0..1,4:0.5",
  );
  assert.equal(linked.code, 0, linked.stderr);
  assert.match(linked.stderr, /; 4 other files linked\n$/);
  const { isSymlink } = await Deno.lstat(`${cwd}/linked/labels/train/0.png`);
  assert.ok(isSymlink);
  assert.deepEqual(
    await Deno.readFile(`${cwd}/linked/labels/train/0.png`),
    await Deno.readFile(`${cwd}/set/labels/train/0.png`),
  );
  const levels = (await readIndex(`${cwd}/linked`)).map(({ settings }) => settings.levels!);
  assert.ok(new Set(levels.map(([first]) => first)).size === 3);
  for (const [first, second, third, fourth] of levels) {
    assert.ok(first! >= 0 && first! <= 1);
    assert.deepEqual([second, third, fourth], [0, 0, 0.5]);
  }
  const none = await restyle(cwd, "-o", "none", "--side-files", "none");
  assert.equal(none.code, 0, none.stderr);
  assert.ok(tree(`${cwd}/none`).every((name) => /^(images|index)/.test(name)));
});

Deno.test("the layouts of COCO and Cityscapes are kept", async () => {
  await using folder = await temporaryFolder({
    "coco/train2017/000000000009.jpg": "island.jpg",
    "style.jpg": "mosaic.jpg",
  });
  const cwd = folder.path;
  await using program = new Session(cwd);
  await write(`${cwd}/coco/annotations/instances_train2017.json`, '{"images":[]}');
  const picture = await encodeImage(await resize(island, WIDTH, HEIGHT), "png");
  const city = (kind: string, ending: string) =>
    `${cwd}/city/${kind}/train/ulm/ulm_000000_000019_${ending}`;
  await write(city("leftImg8bit", "leftImg8bit.png"), picture);
  for (const ending of ["color.png", "instanceIds.png", "labelIds.png", "polygons.json"]) {
    await write(city("gtFine", `gtFine_${ending}`), ending);
  }
  for (const set of ["coco", "city"]) {
    const labels = set === "city" ? ["--labels", "city/gtFine"] : [];
    const args = ["dataset", set, "style.jpg", "-o", `${set}-out`, ...labels, ...OPTIONS];
    const { code, stderr } = await program.run(args);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^1 restyled in/);
    assert.deepEqual(
      tree(`${cwd}/${set}-out`),
      [
        ...tree(`${cwd}/${set}`),
        "index.jsonl",
        "index.tsv",
      ].sort(),
    );
  }
});

Deno.test("a full disk costs what has no room on it", {
  ignore: missing(unshare !== undefined),
}, async () => {
  await using folder = await datasets(3);
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/small`);
  await write(`${cwd}/set/labels/large.bin`, crypto.getRandomValues(new Uint8Array(60000)));
  for (let copy = 0; copy < 12; copy++) {
    await Deno.copyFile(`${cwd}/set/labels/large.bin`, `${cwd}/set/labels/large-${copy}.bin`);
  }
  await write(
    `${cwd}/set/images/large.png`,
    await encodeImage(await resize(island, 900, 600), "png"),
  );
  const program = commandLine(["dataset", "set", "real/images/mosaic.jpg", "-o", "small/out"]);
  const command = [Deno.execPath(), ...program, ...OPTIONS, "--jobs", "1"]
    .map((word) => `'${word}'`).join(" ");
  // Room for the statistics, for small pictures, and for some of the other files.
  const script = `mount -t tmpfs -o size=1400k none small && ${command}; code=$?;` +
    " cp -r small/out copy; exit $code";
  const { code, stderr } = await spawn("unshare", [...unshare!, "bash", "-c", script], { cwd });
  assert.equal(code, 1, stderr);
  assert.match(stderr, /error: Cannot write "small\/out\/images\/large.png": the disk is full/);
  assert.match(stderr, /3 restyled, 1 failed in .*; 17 other files copied/);
  // With less room, some of the other files are named.
  const less = script.replace("1400k", "700k").replace("copy", "less");
  const full = await spawn("unshare", [...unshare!, "bash", "-c", less], { cwd });
  assert.equal(full.code, 1, full.stderr);
  assert.match(full.stderr, /Cannot write "small\/out\/labels\/.*": the disk is full/);
  assert.match(full.stderr, /note: Cannot write .*: statistics of styles are not kept\n/);
  const kept = (name: string) => tree(`${cwd}/${name}`).filter((file) => !file.startsWith("index"));
  for (const name of ["copy", "less"]) {
    for (const file of kept(name)) assert.ok(tree(`${cwd}/set`).includes(file), file);
  }
  assert.equal(kept("copy").length, 20);
});

Deno.test("a data set that cannot be restyled is refused before anything is made", async (t) => {
  await using folder = await datasets(1);
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.copyFile(example("island.jpg"), `${cwd}/photo.jpg`);
  await Deno.mkdir(`${cwd}/empty`);
  const cases: [string[], string][] = [
    [["photo.jpg", "real", "-o", "out"], '"photo.jpg" is no folder'],
    [["set", "real", "-o", "set"], "The results would replace the data set"],
    [["set", "real", "-o", "out.png"], 'Results need a folder: -o "out.png" names none'],
    [["set", "real", "-o", "out", "--statistics", "class"], "add --labels and --style-labels"],
    [["set", "photo.jpg", "-o", "out", "--style-labels", "set"], "is for a folder of pictures"],
    [["set", "real", "-o", "out", "--alpha", "1..0.3"], "or a range like 0.3..1"],
    [["set", "real", "-o", "out", "--levels", "1:0..1"], "must be above 0"],
    [["set", "real", "-o", "out", "--levels", "1=2"], "something like 1:0.2..1,3:0.8"],
    [["set", "real"], "required option '-o, --output <folder>'"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stderr } = await program.run(["dataset", ...args]);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(code, 2);
    });
  }
  const failures: [string[], string][] = [
    [["empty", "real", "-o", "out"], 'There is no picture in "empty"'],
    [["set", "real", "-o", "out", "--images", "*.jpg"], 'in "set" that matches *.jpg'],
    [["set", "nowhere", "-o", "out"], 'Cannot read "nowhere": there is no such file'],
    [["set", "real", "-o", "out", "--labels", "nowhere"], 'Cannot read "nowhere"'],
    [["set", "real", "-o", "out", "--model", "nowhere"], 'Cannot read the model "nowhere"'],
  ];
  for (const [args, message] of failures) {
    await t.step(args.join(" "), async () => {
      const { code, stderr } = await program.run(["dataset", ...args]);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(code, 1);
    });
  }
});
