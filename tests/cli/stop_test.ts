import assert from "node:assert/strict";
import { runCleanups } from "../../src/cli/io/cleanup.ts";
import { PendingFile } from "../../src/cli/io/pending_file.ts";
import { createProgram } from "../../src/cli/program.ts";
import { encodeAnimation } from "../../src/image/mod.ts";
import { flat } from "../helpers/pictures.ts";
import { example, list, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { FASTEST, RUNTIME } from "../helpers/runtime.ts";

/** What changes folders and files on a thread of its own, while the program goes on. */
const OPERATIONS = [
  ...["open", "create", "writeFile", "writeTextFile", "mkdir", "makeTempDir", "makeTempFile"],
  ...["rename", "link", "symlink", "copyFile", "remove", "truncate"],
] as const;

/**
 * Does work as if the process were told to stop during one of its operations on files: all is
 * cleared away, the operation comes to its end all the same, and nothing else happens any more.
 *
 * @param chosen which operation, from 0
 * @returns whether there were that many
 */
async function stopDuring(chosen: number, work: () => Promise<unknown>): Promise<boolean> {
  let count = 0;
  let isStopped = false;
  const { open } = Deno;
  const stopped = Promise.withResolvers<void>();
  // deno-lint-ignore no-explicit-any -- Any operation.
  const watch = (operation: any) =>
    async function (this: unknown, ...args: unknown[]) {
      const changes = operation !== open || (args[1] as Deno.OpenOptions | undefined)?.write;
      if (!isStopped && changes && count++ === chosen) {
        isStopped = true;
        runCleanups();
        await operation.apply(this, args).catch(() => {});
        stopped.resolve();
      }
      const result = isStopped ? undefined : await operation.apply(this, args);
      return isStopped ? await new Promise(() => {}) : result;
    };
  const restored: (() => void)[] = [];
  // deno-lint-ignore no-explicit-any -- Any object.
  const replace = (owner: any, name: string) => {
    const operation = owner[name];
    owner[name] = watch(operation);
    restored.push(() => owner[name] = operation);
  };
  for (const name of OPERATIONS) replace(Deno, name);
  replace(Deno.FsFile.prototype, "write");
  try {
    const whole = work();
    whole.catch(() => {});
    await Promise.race([stopped.promise, whole]);
  } finally {
    for (const restore of restored) restore();
  }
  return isStopped;
}

/** The files in a folder and the folders in it, as text without the folder's path, by their names. */
async function read(root: string, folder = root): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) Object.assign(files, await read(root, path));
    else {
      const bytes = await Deno.readFile(path);
      const content = new TextDecoder("latin1").decode(bytes).replaceAll(root, "");
      files[path.slice(root.length + 1)] = content;
    }
  }
  return files;
}

/**
 * Stops work during each of its operations in turn, and checks what is left in its folder: finished
 * results, which are those of work that is not stopped, and nothing else.
 */
async function stopAnywhere(
  given: Record<string, Uint8Array>,
  results: readonly string[],
  work: (folder: string) => Promise<unknown>,
): Promise<void> {
  const expected = [...Object.keys(given), ...results].sort();
  const left: Record<string, string>[] = [];
  for (let isStopped = true; isStopped;) {
    await using folder = await temporaryFolder();
    for (const [name, bytes] of Object.entries(given)) {
      await Deno.writeFile(`${folder.path}/${name}`, bytes);
    }
    isStopped = await stopDuring(left.length, () => work(folder.path));
    left.push(await read(folder.path));
  }
  const whole = left.pop()!;
  assert.deepEqual(Object.keys(whole).sort(), expected);
  assert.ok(left.length > 0 && left.some((files) => Object.keys(files).length < expected.length));
  for (const [index, files] of left.entries()) {
    for (const [name, content] of Object.entries(files)) {
      assert.ok(content === whole[name], `${name}, stopped during operation ${index}`);
    }
  }
}

/** A stop leaves files open: a process that ends closes them. */
const test = { sanitizeResources: false, sanitizeOps: false };

Deno.test({
  ...test,
  name: "another program that is about to create a file when all is cleared away cannot",
  async fn() {
    await using folder = await temporaryFolder();
    using pending = await PendingFile.create(`${folder.path}/clip.mp4`, "clip.mp4");
    await Deno.writeTextFile(pending.path, "half of it");
    runCleanups();
    assert.deepEqual(list(folder.path), []);
    await assert.rejects(Deno.writeTextFile(pending.path, "half"), Deno.errors.NotFound);
  },
});

const ISLAND = example("island.jpg");
const MOSAIC = example("mosaic.jpg");
const SMALL = ["--style-size", "32", ...RUNTIME];
const PICTURE = ["--size", "32", "--brush", "fine", ...SMALL];

const clip = new TextEncoder().encode(
  `YUV4MPEG2 W32 H32 F25:1 Cmono\n${`FRAME\n${"x".repeat(32 * 32)}`.repeat(2)}`,
);
const gif = await encodeAnimation(frames(), "gif", {});

async function* frames() {
  for (const value of [50, 200]) {
    yield await Promise.resolve({ pixels: flat(32, 32, [value, 90, 90, 255]), delay: 100 });
  }
}

/** A command line for each kind of output, the files that it is given in its folder, and results. */
const KINDS: Record<string, {
  args: (folder: string) => string[];
  given?: Record<string, Uint8Array>;
  results: string[];
  ignore?: boolean;
}> = {
  "a picture": {
    args: (folder) => ["stylize", ISLAND, MOSAIC, "-o", `${folder}/out.png`, ...PICTURE],
    results: ["out.png"],
  },
  "a folder, with a manifest": {
    args: (folder) => [
      ...["stylize", ISLAND, example("cat.jpg"), MOSAIC, "-o", `${folder}/out`],
      ...["--manifest", `${folder}/list.tsv`, "--jobs", "1", ...PICTURE],
    ],
    results: ["list.tsv", "out/cat-mosaic.jpg", "out/island-mosaic.jpg"],
  },
  "a table of colors": {
    args: (folder) => [
      ...["stylize", ISLAND, MOSAIC, "--photo", "-o", `${folder}/out.png`],
      ...["--save-lut", `${folder}/out.cube`, ...PICTURE],
    ],
    results: ["out.cube", "out.png"],
  },
  "a pack": {
    args: (folder) => [
      ...["precompute-style-covariance", MOSAIC, "-o", `${folder}/out.safetensors`, ...SMALL],
    ],
    results: ["out.safetensors"],
  },
  "a pack of a blend": {
    args: (
      folder,
    ) => ["blend", "--level", `1=${MOSAIC}`, "--save-pack", `${folder}/o.safetensors`, ...SMALL],
    results: ["o.safetensors"],
  },
  "an animation": {
    args: (folder) => ["stylize", `${folder}/in.gif`, MOSAIC, "-o", `${folder}/out.gif`, ...SMALL],
    given: { "in.gif": gif },
    results: ["out.gif"],
  },
  "a Y4M stream": {
    args: (folder) => ["stylize", `${folder}/in.y4m`, MOSAIC, "-o", `${folder}/out.y4m`, ...SMALL],
    given: { "in.y4m": clip },
    results: ["out.y4m"],
  },
  "a video": {
    args: (folder) => ["video", `${folder}/in.y4m`, MOSAIC, "-o", `${folder}/out.mp4`, ...SMALL],
    given: { "in.y4m": clip },
    results: ["out.mp4"],
    ignore: missing(hasFfmpeg),
  },
};

for (const [kind, { args, given = {}, results, ignore = false }] of Object.entries(KINDS)) {
  Deno.test({
    ...test,
    name: `a stop at any moment leaves nothing half done: ${kind}`,
    ignore,
    async fn() {
      await stopAnywhere(given, results, (folder) => linearStyle([...args(folder), "--quiet"]));
    },
  });
}

Deno.test({
  ...test,
  name: "a stop in the middle of a benchmark leaves none of its pictures",
  async fn() {
    await using folder = await temporaryFolder();
    const previous = Deno.env.get("TMPDIR");
    Deno.env.set("TMPDIR", folder.path);
    try {
      const bench = ["bench", "--sizes", "32", "--backends", FASTEST, "--threads", "1"];
      assert.ok(await stopDuring(0, () => linearStyle(bench)));
    } finally {
      if (previous === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", previous);
    }
    assert.deepEqual(list(folder.path), []);
  },
});

/** Runs a command line in this process. */
async function linearStyle(args: string[]): Promise<void> {
  const program = await createProgram(() => true);
  await program.parseAsync(args, { from: "user" });
}
