import assert from "node:assert/strict";
import { decodeImage, encodeImage, resize } from "../../src/mod.ts";
import { example, linearStyle, list, temporaryFolder, text } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";
import { Session } from "../helpers/session.ts";

const SMALL = ["--style-size", "64", ...RUNTIME];
/** A folder with `photos/` (four, one of them in `trip/`, one damaged) and `art/` (two). */
async function studio() {
  const art = { "art/mosaic.jpg": "mosaic.jpg", "art/strokes.jpg": "strokes.jpg" };
  const folder = await temporaryFolder(art);
  const island = await decodeImage(await Deno.readFile(example("island.jpg")));
  await Deno.mkdir(`${folder.path}/photos/trip`, { recursive: true });
  const sizes = { "a.jpg": 48, "b.png": 56, "trip/c.jpg": 64 };
  for (const [name, side] of Object.entries(sizes)) {
    const format = name.endsWith("png") ? "png" : "jpeg";
    const bytes = await encodeImage(await resize(island, side, 40), format);
    await Deno.writeFile(`${folder.path}/photos/${name}`, bytes);
  }
  await Deno.writeTextFile(`${folder.path}/photos/bad.jpg`, "not a picture");
  return folder;
}

/** All files in a folder and its folders, sorted. */
function tree(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? tree(`${folder}/${name}`).map((inner) => `${name}/${inner}`) : [name]
  ).sort();
}

Deno.test("a folder is restyled into another, and a damaged picture costs only itself", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const args = ["stylize", "photos", "art/mosaic.jpg", "-r", "-o", "out", "--json", ...SMALL];
  const { code, stdout, stderr } = await program.run(args);
  assert.equal(code, 1);
  assert.deepEqual(tree(`${cwd}/out`), ["a-mosaic.jpg", "b-mosaic.png", "trip/c-mosaic.jpg"]);
  const [bad, summary, last, ...more] = stderr.trimEnd().split("\n");
  assert.match(bad!, /^error: "photos\/bad\.jpg": Not an image/);
  assert.match(summary!, /^3 restyled, 1 failed in \d+ s/);
  assert.equal(last, "error: 1 of 4 results could not be made");
  assert.deepEqual(more, []);
  const outcomes = text(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  const b = outcomes.find(({ content }) => content === "photos/b.png");
  assert.deepEqual({ ...b, seconds: 0 }, {
    content: "photos/b.png",
    style: "mosaic",
    output: "out/b-mosaic.png",
    status: "done",
    width: 56,
    height: 40,
    seconds: 0,
  });
  assert.equal(outcomes.find(({ status }) => status === "failed").content, "photos/bad.jpg");

  // One by one they are the same bytes, whatever was restyled before them.
  const alone = await program.run(
    ["stylize", "photos/trip/c.jpg", "art/mosaic.jpg", "-o", "c.jpg", ...SMALL],
  );
  assert.equal(alone.code, 0, alone.stderr);
  assert.deepEqual(
    await Deno.readFile(`${cwd}/c.jpg`),
    await Deno.readFile(`${cwd}/out/trip/c-mosaic.jpg`),
  );
});

Deno.test("--skip-existing goes on where a run was stopped", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const args = ["stylize", "photos/a.jpg", "photos/b.png", "art/mosaic.jpg", "-o", "out", ...SMALL];
  assert.equal((await program.run(args)).code, 0);
  const whole = await Deno.readFile(`${cwd}/out/b-mosaic.png`);
  await Deno.remove(`${cwd}/out/b-mosaic.png`);
  const { mtime } = await Deno.stat(`${cwd}/out/a-mosaic.jpg`);
  const again = await program.run([...args, "--skip-existing"]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /^1 restyled, 1 skipped in/);
  assert.deepEqual(await Deno.readFile(`${cwd}/out/b-mosaic.png`), whole);
  assert.deepEqual((await Deno.stat(`${cwd}/out/a-mosaic.jpg`)).mtime, mtime);
  const refused = await program.run(args);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /"out\/a-mosaic\.jpg": the file exists; --overwrite replaces it/);
});

Deno.test("--pair brings contents and styles together, by template, and lists them", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.remove(`${cwd}/photos/bad.jpg`);
  const common = ["stylize", "photos", "art", "-r", ...SMALL];
  const run = async (...more: string[]) => {
    const { code, stderr } = await program.run([...common, ...more]);
    assert.equal(code, 0, stderr);
  };
  await run("--pair", "all", "-o", "all", "--name", "{style}/{content}");
  assert.equal(tree(`${cwd}/all`).length, 6);
  assert.ok(tree(`${cwd}/all`).includes("trip/strokes/c.jpg"));

  const random = ["--pair", "random", "--seed", "7"];
  await run(...random, "-o", "random", "--manifest", "all.tsv");
  const [head, ...rows] = (await Deno.readTextFile(`${cwd}/all.tsv`)).trimEnd().split("\n");
  assert.equal(head, "content\tstyle\toutput");
  assert.deepEqual(
    rows.map((row) => row.split("\t")[2]!.replace(/^random\//, "")).sort(),
    tree(`${cwd}/random`),
  );
  for (const part of ["1", "2"]) {
    await run(...random, "-o", `shard${part}`, "--shard", `${part}/2`);
  }
  const shards = [...tree(`${cwd}/shard1`), ...tree(`${cwd}/shard2`)].sort();
  assert.deepEqual(shards, tree(`${cwd}/random`));

  const pack = ["precompute-style-covariance", "art", "-o", "art.safetensors", ...SMALL];
  assert.equal((await program.run(pack)).code, 0);
  const packed = ["stylize", "photos", "art.safetensors", "-r", ...RUNTIME];
  assert.equal((await program.run([...packed, ...random, "-o", "packed"])).code, 0);
  for (const name of tree(`${cwd}/random`)) {
    const [a, b] = [`${cwd}/random/${name}`, `${cwd}/packed/${name}`];
    assert.deepEqual(await Deno.readFile(a), await Deno.readFile(b));
  }
});

Deno.test("a folder of results within the contents' is not restyled again", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.remove(`${cwd}/photos/bad.jpg`);
  const args = ["stylize", "photos", "art/mosaic.jpg", "-r", "-o", "photos/out", ...SMALL];
  for (const more of [[], ["--skip-existing"]]) {
    const { code, stderr } = await program.run([...args, ...more]);
    assert.equal(code, 0, stderr);
  }
  assert.equal(tree(`${cwd}/photos`).length, 6);
});

Deno.test("a plan that would lose a picture is refused before anything is made", async (t) => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.copyFile(`${cwd}/photos/a.jpg`, `${cwd}/a.jpg`);
  await Deno.symlink("a.jpg", `${cwd}/link.jpg`);
  await Deno.mkdir(`${cwd}/links`);
  await Deno.writeTextFile(`${cwd}/links/one`, "");
  for (const name of ["a.jpg", "bad.jpg"]) await Deno.symlink("one", `${cwd}/links/${name}`);
  const before = list(cwd);
  const mosaic = "art/mosaic.jpg";
  const cases: [string[], string][] = [
    [["a.jpg", "photos/a.jpg", mosaic, "-o", "out"], 'would both be "out/a-mosaic.jpg"'],
    [["photos", mosaic, "-o", "out", "--name", "same"], 'would both be "out/same.jpg"'],
    [["photos", mosaic, "-o", "links", "--name", "{content}"], 'would both be "links/bad.jpg"'],
    [["photos", mosaic, "--name", "{content}"], 'would replace the content "photos/a.jpg"'],
    [["a.jpg", mosaic, "-o", "link.jpg", "--overwrite"], 'would replace the content "a.jpg"'],
    [["photos", mosaic, "-o", "-"], "Standard output holds one picture"],
    [["photos", mosaic, "-o", "out.png"], "is a file's name"],
    [["-", "a.jpg", mosaic, "-o", "out"], "Standard input can be the content only"],
    [["photos", "art", "-o", "out"], '"art" has 2 styles: name one, or add --pair'],
    [["photos", "art", "-o", "out", "--pair", "zip"], "here are 3 contents and 2 styles"],
    [["photos", mosaic, "--name", "../{content}"], "is no name in a folder"],
    [["photos", mosaic, "--name", "{date}"], "--name has no field {date}"],
    [["photos", mosaic, "--shard", "3/2"], "Expected something like 1/4"],
    [["a.jpg", mosaic, "-o", "b.jpg", "--name", "x"], "--name is for results in a folder"],
    [["a.jpg", mosaic, "-o", "-", "--json"], "With --json, standard output is taken"],
    [["a.jpg", mosaic, "--skip-existing", "--overwrite"], "cannot be used with option"],
    [["a.jpg", "art", "--pair", "all", "--mask", "a.jpg"], "--pair takes whole pictures"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await program.run(["stylize", ...args]);
      assert.match(stderr, /^error: [^\n]+\n$/);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(code, 2);
      assert.equal(stdout.length, 0);
      assert.deepEqual(list(cwd), before);
    });
  }
});

Deno.test("a manifest belongs to its run, and the next one completes it", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  const args = (...more: string[]) => ["stylize", ...more, "art/mosaic.jpg", "-o", "out", ...SMALL];
  const manifest = ["--manifest", "made.tsv"];
  const rows = async () => (await Deno.readTextFile(`${cwd}/made.tsv`)).trimEnd().split("\n");
  const first = await program.run([...args("photos/a.jpg", "photos/b.png"), ...manifest]);
  assert.equal(first.code, 0, first.stderr);
  const [a, b] = ["a", "b"].map((name) => {
    const ending = name === "a" ? "jpg" : "png";
    return `photos/${name}.${ending}\tmosaic\tout/${name}-mosaic.${ending}`;
  });
  assert.deepEqual(await rows(), ["content\tstyle\toutput", a, b]);

  // The same again, as a queue does it after a stop.
  await Deno.remove(`${cwd}/out/b-mosaic.png`);
  const again = [...args("photos/a.jpg", "photos/b.png"), ...manifest, "--skip-existing"];
  const second = await program.run(again);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stderr, /^1 restyled, 1 skipped in/);
  assert.deepEqual(await rows(), ["content\tstyle\toutput", a, b]);

  // One content more: what was listed stays.
  const more = [...args("photos/a.jpg", "photos/trip/c.jpg"), ...manifest, "--skip-existing"];
  const third = await program.run(more);
  assert.equal(third.code, 0, third.stderr);
  const c = "photos/trip/c.jpg\tmosaic\tout/c-mosaic.jpg";
  assert.deepEqual(await rows(), ["content\tstyle\toutput", a, b, c]);

  // What is no manifest is never lost, and a manifest only where that is asked for.
  await Deno.writeTextFile(`${cwd}/notes.tsv`, "mine");
  const odd = [...args("photos/a.jpg"), "--name", "x", "--manifest", "notes.tsv"];
  for (
    const [flags, message] of [
      [["--skip-existing"], /Cannot complete "notes\.tsv": the file is no manifest/],
      [[], /Cannot write "notes\.tsv": the file exists/],
    ] as const
  ) {
    const { code, stderr } = await program.run([...odd, ...flags]);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  assert.equal(await Deno.readTextFile(`${cwd}/notes.tsv`), "mine");
});

Deno.test("what another run has made meanwhile is skipped, and not replaced", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/many`);
  const names = Array.from({ length: 6 }, (_, index) => `${index}`);
  for (const name of names) await Deno.copyFile(`${cwd}/photos/a.jpg`, `${cwd}/many/${name}.jpg`);
  const args = ["stylize", "many", "art/mosaic.jpg", "-o", "out", "--skip-existing", ...SMALL];
  const running = linearStyle(args, { cwd });
  const result = (name: string) => `${cwd}/out/${name}-mosaic.jpg`;
  let ended = false;
  running.then(() => ended = true);
  while (!ended && !await Deno.stat(result("0")).catch(() => undefined)) {
    await new Promise((go) => setTimeout(go, 5));
  }
  const others = [];
  for (const name of names) { // As the other run would: none that is there is replaced.
    const file = await Deno.open(result(name), { write: true, createNew: true }).catch(() => null);
    if (!file) continue;
    using _ = file;
    await file.write(new TextEncoder().encode("another's"));
    others.push(name);
  }
  assert.ok(others.length >= 2, `${others}`);
  const { code, stderr } = await running;
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`^${6 - others.length} restyled, ${others.length} skipped in`));
  for (const name of others) assert.equal(await Deno.readTextFile(result(name)), "another's");
});

Deno.test("the summary counts what was passed over", async () => {
  await using folder = await studio();
  const cwd = folder.path;
  await using program = new Session(cwd);
  await Deno.remove(`${cwd}/photos/bad.jpg`);
  await Deno.writeTextFile(`${cwd}/photos/notes.txt`, "mine");
  await Deno.writeTextFile(`${cwd}/photos/.hidden`, "");
  const args = ["stylize", "photos", "art/mosaic.jpg", "-o", "photos/out", ...SMALL];
  const summary = async (more: string[] = []) => {
    const { code, stderr } = await program.run([...args, ...more]);
    assert.equal(code, 0, stderr);
    return stderr.trimEnd();
  };
  assert.match(await summary(), /^2 restyled in [^;]*; 2 left out: 1 not a picture; 1 a folder$/);
  const recursive = ["-r", "--skip-existing"];
  assert.match(await summary(recursive), /, 2 skipped in [^;]*; 1 left out: not a picture$/);
  await Deno.copyFile(`${cwd}/photos/notes.txt`, `${cwd}/photos/clip.mp4`);
  await Deno.copyFile(`${cwd}/photos/notes.txt`, `${cwd}/photos/more.txt`);
  const both = /; 3 left out: 2 not pictures; 1 a video, for the command video$/;
  assert.match(await summary(recursive), both);

  await Deno.mkdir(`${cwd}/clips`);
  await Deno.rename(`${cwd}/photos/clip.mp4`, `${cwd}/clips/clip.mp4`);
  const none = await program.run(["stylize", "clips", "art/mosaic.jpg", "-o", "out"]);
  assert.equal(none.code, 1);
  const said = 'There is no picture in "clips" (1 left out: a video, for the command video)';
  assert.equal(none.stderr, `error: ${said}\n`);

  await Deno.writeTextFile(`${cwd}/art/notes.txt`, "mine");
  const pack = await program.run(["pack", "art", "-o", "art.safetensors", ...SMALL]);
  assert.equal(pack.stderr, "art.safetensors: 2 of 2 styles; 1 left out: not a picture\n");
});
