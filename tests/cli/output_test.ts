import assert from "node:assert/strict";
import { FileError, FileExistsError } from "../../src/cli/errors.ts";
import { PendingFile } from "../../src/cli/io/pending_file.ts";
import { decodeImage, encodeImage } from "../../src/mod.ts";
import { killWriters } from "../../tools/kill_and_resume/kill_writers.ts";
import { flat } from "../helpers/pictures.ts";
import {
  commandLine,
  example,
  linearStyle,
  list,
  PROJECT,
  shellCommand,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { assertWhole, startWriter, WRITER } from "../helpers/writers.ts";
import { missing, unshare } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";

Deno.test("killed at any moment of writing, the file is the old or the new one, whole", async () => {
  await killWriters(40);
});

Deno.test("what others write for a run stays while it lives, and goes when it was killed", async () => {
  await using folder = await temporaryFolder();
  const args = WRITER.with(-1, `${PROJECT}tests/cli/hold_pending_file.ts`);
  const holder = new Deno.Command(Deno.execPath(), {
    args: [...args, `${folder.path}/clip.mp4`],
    stdout: "piped",
  }).spawn();
  const output = holder.stdout.getReader();
  const { value } = await output.read(); // The file is there.
  assert.match(text(value!), /\.part\.d\/[^/]+\.mp4\n$/);
  await spawn(Deno.execPath(), [...WRITER, `${folder.path}/picture`, "a", "1"]);
  assert.equal(list(folder.path).filter((name) => name.includes(".part")).length, 2);
  holder.kill("SIGKILL");
  await holder.status;
  await output.cancel();
  await spawn(Deno.execPath(), [...WRITER, `${folder.path}/picture`, "a", "1"]);
  assert.deepEqual(list(folder.path), ["picture"]);
});

Deno.test({
  name: "what is printed to a full disk fails in one line, and to a closed pipe ends quietly",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    const cases = [["--help"], ["inspect", example("island.jpg")], ["man"], ["backends", "--json"]];
    for (const args of cases) {
      await t.step(args[0]!, async () => {
        const command = shellCommand(args);
        const full = await spawn("sh", ["-c", `${command} > /dev/full`]);
        assert.equal(full.stderr, "error: Cannot write to standard output: the disk is full\n");
        assert.equal(full.code, 1);
        const closed = await spawn("bash", ["-c", `${command} | true; exit \${PIPESTATUS[0]}`]);
        assert.deepEqual([closed.code, closed.stderr], [0, ""]);
      });
    }
  },
});

Deno.test("a folder that is gone when a clip is begun is named", async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    PendingFile.create(`${folder.path}/gone/clip.mp4`, "gone/clip.mp4"),
    new FileError('Cannot write "gone/clip.mp4": there is no such file'),
  );
});

Deno.test("a clip does not replace a file that came into being meanwhile", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/clip.mp4`;
  for (const overwrite of [false, true]) {
    {
      using pending = await PendingFile.create(path, "clip.mp4");
      await Deno.writeTextFile(pending.path, "new");
      await Deno.writeTextFile(path, "meanwhile");
      const finishing = pending.finish(overwrite);
      if (overwrite) await finishing;
      else await assert.rejects(finishing, new FileExistsError("clip.mp4"));
    }
    assert.equal(await Deno.readTextFile(path), overwrite ? "new" : "meanwhile");
    assert.deepEqual(list(folder.path), ["clip.mp4"]);
    await Deno.remove(path);
  }
  using pending = await PendingFile.create(path, "clip.mp4");
  await Deno.writeTextFile(pending.path, "new");
  await pending.finish(false);
  assert.equal(await Deno.readTextFile(path), "new");
});

Deno.test("a result that its format cannot hold is refused before the work", async () => {
  await using folder = await temporaryFolder();
  const wide = flat(17_000, 8, [90, 90, 90, 255]);
  await Deno.writeFile(`${folder.path}/wide.png`, await encodeImage(wide, "png"));
  const { code, stderr } = await linearStyle(
    ["stylize", "wide.png", example("mosaic.jpg"), "-o", "out.webp", ...RUNTIME, "-v"],
    { cwd: folder.path },
  );
  assert.match(stderr, /error: "out\.webp": WebP holds up to 16383 px a side/);
  assert.equal(code, 1);
  assert.deepEqual(list(folder.path), ["wide.png"]);
});

Deno.test("two programs that write one file leave one of theirs, whole", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/picture`;
  const writers = ["ab", "xy"].map((letters) => startWriter(path, letters, 50));
  for (const writer of writers) assert.ok((await writer.status).success);
  await assertWhole(path, "abxy");
  assert.deepEqual(list(folder.path), ["picture"]);
});

Deno.test({
  name: "told to stop, it leaves finished results, and nothing half done",
  ignore: Deno.build.os === "windows",
  async fn() {
    const names = Array.from({ length: 60 }, (_, index) => `photos/${index}.jpg`);
    await using folder = await temporaryFolder(
      Object.fromEntries(names.map((name) => [name, "island.jpg"])),
    );
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const out = `${folder.path}/${signal}`;
      const args = ["stylize", `${folder.path}/photos`, example("mosaic.jpg"), "-o", out, "--json"];
      const child = new Deno.Command(Deno.execPath(), {
        args: commandLine([...args, "--size", "96", "--style-size", "96", ...RUNTIME]),
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const reader = child.stdout.getReader();
      await reader.read(); // The first result is there.
      child.kill(signal);
      reader.releaseLock();
      await child.stdout.cancel();
      assert.equal((await child.status).code, code);
      const results = list(out);
      assert.ok(results.length >= 1 && results.length < 60, `${results.length} results`);
      for (const name of results) {
        assert.match(name, /^\d+-mosaic\.jpg$/);
        await decodeImage(await Deno.readFile(`${out}/${name}`));
      }
    }
  },
});

Deno.test({
  name: "a full disk and a closed pipe are one line, and leave nothing half written",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await temporaryFolder();
    const args = [
      example("island.jpg"),
      example("mosaic.jpg"),
      "--size",
      "64",
      "--style-size",
      "64",
    ];
    const line = shellCommand(["stylize", ...args, ...RUNTIME, "-o", "-"]);
    const full = await spawn("sh", ["-c", `${line} > /dev/full`]);
    assert.equal(full.code, 1);
    assert.equal(full.stderr, "error: Cannot write to standard output: the disk is full\n");
    const closed = await spawn("bash", ["-c", `${line} | true; exit \${PIPESTATUS[0]}`]);
    assert.equal(closed.code, 1);
    assert.equal(
      closed.stderr,
      "error: Cannot write to standard output: its reader has closed it\n",
    );

    // A file may not grow beyond 8 blocks of 512 bytes, nor may one of Deno's own: writing fails in
    // the middle.
    const limited = `unset DENO_COVERAGE_DIR; ulimit -f 8; trap '' XFSZ; ${
      line.replace("'-'", `'${folder.path}/out.png'`)
    }`;
    const cut = await spawn("sh", ["-c", limited]);
    assert.equal(cut.code, 1, cut.stderr);
    assert.match(cut.stderr, /^error: Cannot write "[^"]+": [^\n]+\n$/);
    assert.deepEqual(list(folder.path), []);
  },
});

Deno.test({
  name: "on a small disk that is full, the old file stays, and nothing else",
  ignore: missing(unshare !== undefined),
  async fn(t) {
    await using folder = await temporaryFolder();
    const disk = `${folder.path}/disk`;
    await Deno.mkdir(disk);
    const pair = [example("island.jpg"), example("mosaic.jpg")];
    const small = ["--style-size", "64", ...RUNTIME, "--overwrite"];
    await Deno.writeTextFile(
      `${folder.path}/in.y4m`,
      `YUV4MPEG2 W192 H128 Cmono\nFRAME\n${" ".repeat(192 * 128)}`,
    );
    const cases: Record<string, string[]> = {
      "out.png": ["stylize", ...pair, ...small, "--size", "128"],
      "out.y4m": ["stylize", `${folder.path}/in.y4m`, pair[1]!, ...small],
      "out.safetensors": ["precompute-style-covariance", ...pair, ...small],
    };
    for (const [name, args] of Object.entries(cases)) {
      await t.step(name, async () => {
        const path = `${disk}/${name}`;
        const script = [
          `mount -t tmpfs -o size=1m none '${disk}'`,
          // All but some 20 KB of it.
          `yes old | head -c 1028000 > '${path}'`,
          shellCommand([...args, "-o", path]),
          "echo $?",
          `ls -A '${disk}'`,
          `yes old | head -c 1028000 | cmp - '${path}' && echo whole`,
        ];
        const { stdout, stderr } = await spawn("unshare", [
          ...unshare ?? [],
          ...["sh", "-c", script.join("\n")],
        ]);
        assert.equal(stderr, `error: Cannot write "${path}": the disk is full\n`);
        assert.equal(text(stdout), `1\n${name}\nwhole\n`);
      });
    }
  },
});
