import assert from "node:assert/strict";
import { FileError } from "../../src/cli/errors.ts";
import { openInput } from "../../src/cli/io/input.ts";
import { PendingFile } from "../../src/cli/io/pending_file.ts";
import { decodeImage } from "../../src/mod.ts";
import {
  commandLine,
  linearStyle,
  list,
  spawn,
  temporaryFolder,
  text,
} from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";

const SMALL = ["--size", "32", "--style-size", "64", ...RUNTIME];
const isUnix = Deno.build.os !== "windows";

/** A folder with a content and a style. */
function studio() {
  return temporaryFolder({ "photo.jpg": "island.jpg", "style.jpg": "mosaic.jpg" });
}

/** A name of 255 bytes, the longest that file systems take. */
const LONGEST = `${"é".repeat(125)}a.jpg`;

Deno.test({
  name: "names of all kinds are read and written, and told in one line",
  ignore: !isUnix,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    assert.equal(new TextEncoder().encode(LONGEST).length, 255);
    const names = [
      LONGEST,
      "two\nlines.jpg",
      "永遠 🌊.jpg",
      "-o.jpg",
      "a#b:2.jpg",
      "[x]*?.jpg",
      "\\'\"$.jpg",
    ];
    await Deno.mkdir(`${cwd}/photos`);
    for (const name of names) await Deno.copyFile(`${cwd}/photo.jpg`, `${cwd}/photos/${name}`);
    const all = ["stylize", "photos", "style.jpg", "-o", "out", "--name", "{content}", ...SMALL];
    const { code, stdout, stderr } = await linearStyle([...all, "--json"], { cwd });
    assert.equal(code, 0, stderr);
    assert.deepEqual(list(`${cwd}/out`), list(`${cwd}/photos`));
    assert.equal(text(stdout).trim().split("\n").length, names.length);

    const single = ["stylize", ...SMALL, "-o", "../one\nby one.jpg", "--", "-o.jpg", "a#b:2.jpg"];
    const one = await linearStyle(single, { cwd: `${cwd}/photos` });
    assert.equal(one.code, 0, one.stderr);
    await decodeImage(await Deno.readFile(`${cwd}/one\nby one.jpg`));
    const again = await linearStyle(single, { cwd: `${cwd}/photos` });
    assert.equal(
      again.stderr,
      'error: Cannot write "../one\\nby one.jpg": the file exists; --overwrite replaces it\n',
    );
  },
});

/** Refuses to restyle, and tells why. */
async function refuse(cwd: string, args: string[], code: number, message: RegExp) {
  const before = list(cwd);
  const result = await linearStyle(["stylize", ...args, ...SMALL], { cwd });
  assert.match(result.stderr, /^error: [^\n]+\n$/);
  assert.match(result.stderr, message);
  assert.equal(result.code, code);
  assert.equal(result.stdout.length, 0);
  assert.deepEqual(list(cwd), before);
}

Deno.test({
  name: "what is no file, or no name of one, is refused in one line",
  ignore: !isUnix,
  async fn(t) {
    await using folder = await studio();
    const cwd = folder.path;
    await Deno.copyFile(`${cwd}/photo.jpg`, `${cwd}/${LONGEST}`);
    await Deno.symlink("there.jpg", `${cwd}/here.jpg`);
    await Deno.symlink("here.jpg", `${cwd}/there.jpg`);
    await Deno.mkdir(`${cwd}/folder`);
    await Deno.mkdir(`${cwd}/taken/photo-style.jpg`, { recursive: true });
    await Deno.writeTextFile(`${cwd}/file`, "");
    const out = ["-o", "out.png"];
    const cases: [string, string[], RegExp][] = [
      [
        "a name that is too long to read",
        [`${"x".repeat(300)}.jpg`, "style.jpg", ...out],
        /: the name is too long\n/,
      ],
      [
        "a name that is too long to write",
        [LONGEST, "style.jpg", "-o", "./"],
        /: the name is too long\n/,
      ],
      [
        "a loop of links",
        ["here.jpg", "style.jpg", ...out],
        /"here.jpg": its symbolic links lead in a circle\n/,
      ],
      [
        "a loop of links, as a style",
        ["photo.jpg", "there.jpg", ...out],
        /"there.jpg": its symbolic links/,
      ],
      ["a folder as a style", ["photo.jpg", "folder", ...out], /There is no picture in "folder"/],
      [
        "a folder as a mask",
        ["photo.jpg", "style.jpg", "--mask", "folder", ...out],
        /Cannot read "folder": it is a folder, not a file/,
      ],
      [
        "a folder in the place of the result",
        ["photo.jpg", "style.jpg", "-o", "taken"],
        /Cannot write "taken\/photo-style.jpg": it is a folder/,
      ],
      [
        "a folder within a file",
        ["photo.jpg", "style.jpg", "-o", "file/sub/"],
        /a part of its path is not a folder/,
      ],
      ["an empty device", ["/dev/null", "style.jpg", ...out], /"\/dev\/null": The file is empty/],
      [
        "a device without end",
        ["/dev/zero", "style.jpg", ...out],
        /"\/dev\/zero": Not an image that can be read/,
      ],
      ["a device as the result", [
        "photo.jpg",
        "style.jpg",
        "-o",
        "/dev/null",
        "--overwrite",
        "--format",
        "png",
      ], /Cannot write "\/dev\/null": it is no file: use -o -, and redirect standard output/],
      [
        "a link that leads nowhere, as the result",
        ["photo.jpg", "style.jpg", "-o", "here.jpg", "--overwrite"],
        /Cannot write "here.jpg": it is a symbolic link that leads nowhere\n/,
      ],
      [
        "a pattern without a picture",
        ["none*.jpg", "style.jpg", "-o", "out"],
        /No picture matches "none\*.jpg"/,
      ],
    ];
    for (const [name, args, message] of cases) {
      await t.step(name, () => refuse(cwd, args, 1, message));
    }
  },
});

Deno.test({
  name: "through a link, the file is written that it leads to",
  ignore: !isUnix,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    await Deno.mkdir(`${cwd}/far`);
    await Deno.writeTextFile(`${cwd}/far/file`, "old");
    await Deno.symlink("far/file", `${cwd}/out.png`);
    const args = ["stylize", "photo.jpg", "style.jpg", "-o", "out.png", "--overwrite", ...SMALL];
    const { code, stderr } = await linearStyle(args, { cwd });
    assert.deepEqual([code, stderr], [0, "out.png\n"]);
    assert.equal(await Deno.readLink(`${cwd}/out.png`), "far/file");
    assert.deepEqual(list(`${cwd}/far`), ["file"]);
    await decodeImage(await Deno.readFile(`${cwd}/far/file`));
    // What writes a clip goes by the ending of the name that was given.
    using pending = await PendingFile.create(`${cwd}/out.png`, "out.png");
    assert.match(pending.path, /\/far\/\.[^/]+\.part\.d\/[^/]+\.png$/);
  },
});

Deno.test("a file that becomes shorter while it is read is refused", async () => {
  await using folder = await studio();
  const path = `${folder.path}/photo.jpg`;
  using input = await openInput(path);
  await Deno.truncate(path, 1000);
  await assert.rejects(
    input.readAll(),
    new FileError(`Cannot read "${path}": it became shorter while it was read`),
  );
});

Deno.test({
  name: "a pipe with a name is read like a file, and so is an endless one that holds no picture",
  ignore: !isUnix,
  async fn() {
    await using folder = await studio();
    const cwd = folder.path;
    const { code } = await spawn("mkfifo", ["pipe"], { cwd });
    assert.equal(code, 0);
    const feed = (command: string) => spawn("sh", ["-c", `${command} > pipe`], { cwd });
    const fed = feed("cat photo.jpg");
    const read = await linearStyle(["stylize", "pipe", "style.jpg", ...SMALL, "-o", "out.png"], {
      cwd,
    });
    assert.equal(read.code, 0, read.stderr);
    await fed;
    await decodeImage(await Deno.readFile(`${cwd}/out.png`));
    const endless = feed("yes");
    await refuse(cwd, ["pipe", "style.jpg", "-o", "b.png"], 1, /"pipe": Not an image/);
    await endless;
  },
});

/** Whether processes can be had to whom permissions apply, even if they are of the superuser. */
const hasUsers = await spawn("unshare", ["-U", "true"]).then(({ code }) => code === 0, () => false);

Deno.test({
  name: "what the system does not permit is said, and the rest is done",
  ignore: missing(hasUsers),
  async fn(t) {
    await using folder = await studio();
    const cwd = folder.path;
    for (const name of ["secret", "locked"]) await Deno.mkdir(`${cwd}/${name}`);
    await Deno.copyFile(`${cwd}/photo.jpg`, `${cwd}/hidden.jpg`);
    await Deno.chmod(`${cwd}/hidden.jpg`, 0);
    await Deno.chmod(`${cwd}/secret`, 0);
    await Deno.chmod(`${cwd}/locked`, 0o555);
    const cases: [string[], RegExp][] = [
      [
        ["hidden.jpg", "style.jpg", "-o", "a.png"],
        /Cannot read "hidden.jpg": the system does not permit it/,
      ],
      [
        ["photo.jpg", "style.jpg", "-o", "locked/a.png"],
        /Cannot write "locked\/a.png": the system does not/,
      ],
      [
        ["photo.jpg", "style.jpg", "-o", "locked/new/"],
        /Cannot write "locked\/new\/photo-style.jpg": the system/,
      ],
      [
        [".", "style.jpg", "-r", "-o", "out"],
        /Cannot read "secret": the system does not permit it/,
      ],
    ];
    for (const [args, message] of cases) {
      await t.step(args.join(" "), async () => {
        const command = [Deno.execPath(), ...commandLine(["stylize", ...args, ...SMALL])];
        const { code, stderr } = await spawn("unshare", ["-U", ...command], { cwd });
        assert.match(stderr, /^error: [^\n]+\n$/);
        assert.match(stderr, message);
        assert.equal(code, 1);
      });
    }
    await Deno.chmod(`${cwd}/secret`, 0o700);
  },
});
