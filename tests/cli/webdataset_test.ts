import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeImage, encodeImage, resize } from "../../src/mod.ts";
import { example, linearStyle, list, spawn, temporaryFolder, text } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";

const OPTIONS = ["--style-size", "32", ...RUNTIME];

/** A folder with `real/`, styles, and `set/`, two tar files of samples, made by tar itself. */
async function tarFiles() {
  const folder = await temporaryFolder({
    "real/mosaic.jpg": "mosaic.jpg",
    "real/a.jpg": "ink.jpg",
  });
  const cwd = folder.path;
  const island = await decodeImage(await Deno.readFile(example("island.jpg")));
  await Deno.mkdir(`${cwd}/set`);
  for (const shard of [0, 1]) {
    const samples = `${cwd}/samples-${shard}`;
    await Deno.mkdir(`${samples}/deep`, { recursive: true });
    for (let index = 0; index < 4; index++) {
      const key = `${samples}/${index === 3 ? "deep/" : ""}${shard}0${index}`;
      const format = index % 2 === 0 ? "jpeg" : "png";
      const picture = await resize(island, 40 + index, 32);
      const ending = format === "jpeg" ? "jpg" : "png";
      await Deno.writeFile(`${key}.${ending}`, await encodeImage(picture, format));
      await Deno.writeFile(`${key}.seg.png`, await encodeImage(picture, "png"));
      await Deno.writeTextFile(`${key}.json`, `{"class": ${index}}`);
      await Deno.writeTextFile(`${key}.${"a long ending ".repeat(9)}.txt`, "a name in two headers");
    }
    const how = `--format=${shard === 0 ? "gnu" : "pax"}`;
    const made = await spawn("tar", [how, "--sort=name", "-cf", `../set/${shard}.tar`, "."], {
      cwd: samples,
    });
    assert.equal(made.code, 0, made.stderr);
  }
  return folder;
}

/** Files in a folder and its folders, by their paths. */
async function readTree(folder: string): Promise<Map<string, string>> {
  const { stdout } = await spawn("find", [".", "-type", "f"], { cwd: folder });
  const files = new Map<string, string>();
  for (const path of text(stdout).trimEnd().split("\n").sort()) {
    files.set(path, (await Deno.readFile(`${folder}/${path}`)).toHex());
  }
  return files;
}

async function unpack(cwd: string, tar: string): Promise<Map<string, string>> {
  await Deno.mkdir(`${cwd}/${tar}.d`);
  const { code, stderr } = await spawn("tar", [
    "-xf",
    `../${tar}`.replace(/.*\//, "../"),
    "-C",
    ".",
  ], {
    cwd: `${cwd}/${tar}.d`,
  });
  assert.equal(code, 0, stderr);
  return await readTree(`${cwd}/${tar}.d`);
}

Deno.test("pictures in tar files are restyled, and everything else passes byte for byte", async () => {
  await using folder = await tarFiles();
  const cwd = folder.path;
  const args = ["dataset", "set/0.tar", "real", "--alpha", "0.3..1", ...OPTIONS];
  const { code, stderr } = await linearStyle([...args, "-o", "out.tar"], { cwd });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^4 restyled in .*; 14 other entries kept\n$/);

  const names = async (tar: string) => text((await spawn("tar", ["-tf", tar], { cwd })).stdout);
  assert.equal(await names("out.tar"), await names("set/0.tar"));
  const [before, after] = [await readTree(`${cwd}/samples-0`), await unpack(cwd, "out.tar")];
  assert.deepEqual([...after.keys()], [...before.keys()]);
  const pictures = [...before.keys()].filter((name) => /\/\d+\.(jpg|png)$/.test(name));
  assert.equal(pictures.length, 4);
  for (const [name, bytes] of before) {
    assert.equal(after.get(name) === bytes, !pictures.includes(name), name);
  }
  for (const name of pictures) {
    const { width } = await decodeImage(Uint8Array.fromHex(after.get(name)!));
    assert.equal(width, (await decodeImage(Uint8Array.fromHex(before.get(name)!))).width);
  }
  const rows = (await Deno.readTextFile(`${cwd}/out.index.jsonl`)).trimEnd().split("\n")
    .map((row) => JSON.parse(row));
  assert.equal(rows.length, 4);
  for (const { output, sha256 } of rows) {
    const bytes = Uint8Array.fromHex(after.get(output)!);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
  }
  assert.match(await Deno.readTextFile(`${cwd}/out.index.tsv`), /^content\tstyle\toutput\t/);

  // The same through pipes.
  const stdin = await Deno.readFile(`${cwd}/set/0.tar`);
  const piped = await linearStyle(["dataset", "-", ...args.slice(2), "-o", "-"], { cwd, stdin });
  assert.equal(piped.code, 0, piped.stderr);
  assert.deepEqual(piped.stdout, await Deno.readFile(`${cwd}/out.tar`));

  // Again, nothing is left to be done; with other settings, nothing is lost.
  const again = await linearStyle([...args, "-o", "out.tar"], { cwd });
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /^0 restyled in .*; 0 other entries kept; 1 tar file skipped\n$/);
  const other = await linearStyle([...args, "-o", "out.tar", "--seed", "1"], { cwd });
  assert.equal(other.code, 1);
  assert.match(other.stderr, /"out\.tar" has results of other settings: name another file/);

  // A folder of tar files, in parts.
  for (const part of ["1/2", "2/2"]) {
    const all = ["dataset", "set", ...args.slice(2), "-o", "all", "--shard", part];
    const { code, stderr } = await linearStyle(all, { cwd });
    assert.equal(code, 0, stderr);
  }
  const made = ["0.index.jsonl", "0.index.tsv", "0.tar", "1.index.jsonl", "1.index.tsv", "1.tar"];
  assert.deepEqual(list(`${cwd}/all`).filter((name) => !name.startsWith(".")), made);
  assert.deepEqual(await Deno.readFile(`${cwd}/all/0.tar`), await Deno.readFile(`${cwd}/out.tar`));
  const [own, second] = [await readTree(`${cwd}/samples-1`), await unpack(cwd, "all/1.tar")];
  assert.deepEqual([...second.keys()], [...own.keys()]);
});

Deno.test("samples of tar files have several results, with all that belongs to them", async () => {
  await using folder = await tarFiles();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/real/broken.jpg`, "no picture");
  for (const shard of [0, 1]) {
    const args = [
      "dataset",
      `set/${shard}.tar`,
      "real",
      "-o",
      `out-${shard}.tar`,
      "--alpha",
      "0.3..1",
      ...OPTIONS,
    ];
    const twice = await linearStyle([...args, "--per-content", "2"], { cwd });
    // A style that cannot be read is named, and another takes its place.
    assert.match(twice.stderr, /broken\.jpg": Not an image/);
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /8 restyled in .*; 28 other entries kept/);
    const before = await readTree(`${cwd}/samples-${shard}`);
    const after = await unpack(cwd, `out-${shard}.tar`);
    assert.equal(after.size, 2 * before.size);
    for (const [name, bytes] of before) {
      const variants = [1, 2].map((variant) =>
        after.get(name.replace("./", `./variant-${variant}/`))
      );
      const isPicture = /\/\d+\.(jpg|png)$/.test(name);
      assert.ok(variants.every((other) => other && (other !== bytes) === isPicture), name);
      if (isPicture) assert.notEqual(variants[0], variants[1]);
    }
    const order = text((await spawn("tar", ["-tf", `out-${shard}.tar`], { cwd })).stdout)
      .trimEnd().split("\n").filter((name) => /\/\d+\./.test(name))
      .map((name) => name.replace(/(\d+)\..*/, "$1"));
    const samples = order.filter((name, at) => name !== order[at - 1]);
    assert.equal(samples.length, 8, "a sample's entries stay together");
    const once = await linearStyle(args, { cwd });
    assert.equal(once.code, 1);
    assert.match(once.stderr, /has results of other settings/);
  }
});

Deno.test("what is wrong with a tar file is named, and the rest is done", async () => {
  await using folder = await tarFiles();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/samples-0/bad.png`, "no picture");
  await spawn("tar", ["-cf", "bad.tar", "-C", "samples-0", "."], { cwd });
  const args = (tar: string) => ["dataset", tar, "real", "-o", `out-${tar}`, ...OPTIONS];
  const bad = await linearStyle(args("bad.tar"), { cwd });
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /^error: "bad\.tar\/\.\/bad\.png": Not an image/);
  assert.match(bad.stderr, /\n4 restyled, 1 failed in/);
  assert.match(bad.stderr, /\nerror: 1 fault, as named above\n$/);
  assert.equal((await unpack(cwd, "out-bad.tar")).size, 16);

  const whole = await Deno.readFile(`${cwd}/bad.tar`);
  await Deno.writeFile(`${cwd}/cut.tar`, whole.subarray(0, 30000));
  const cut = await linearStyle(args("cut.tar"), { cwd });
  assert.equal(cut.code, 1);
  assert.match(
    cut.stderr,
    /error: Cannot read "cut\.tar" as a tar file: Tar archive is truncated\n/,
  );
  assert.ok(!list(cwd).includes("out-cut.tar"));

  // A file that is there already is not replaced.
  await Deno.writeTextFile(`${cwd}/out-mine.tar`, "mine");
  await Deno.copyFile(`${cwd}/set/0.tar`, `${cwd}/mine.tar`);
  const mine = await linearStyle(args("mine.tar"), { cwd });
  assert.equal(mine.code, 1);
  assert.match(mine.stderr, /"out-mine\.tar": the file exists; --overwrite replaces it/);
  assert.equal(await Deno.readTextFile(`${cwd}/out-mine.tar`), "mine");

  const refused: [string[], string][] = [
    [["set/0.tar", "real", "-o", "out"], "The result is a tar file"],
    [["set/0.tar", "real", "-o", "set/0.tar"], "The result would replace the data set"],
    [["set/0.tar", "real", "-o", "x.tar", "--shard", "1/2"], "--shard is for several tar files"],
    [["set", "real", "-o", "x", "--statistics", "dataset"], "--statistics is for a folder"],
  ];
  for (const [args, message] of refused) {
    const { code, stderr } = await linearStyle(["dataset", ...args, ...OPTIONS], { cwd });
    assert.ok(stderr.includes(message), stderr);
    assert.equal(code, 2);
  }
});
