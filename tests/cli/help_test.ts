import assert from "node:assert/strict";
import { ffmpeg } from "../helpers/clips.ts";
import { linearStyle, list, PROJECT, spawn, temporaryFolder, text } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";

async function helpOf(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await linearStyle([...args, "--help"]);
  assert.equal(code, 0, stderr);
  return text(stdout);
}

/** The subcommands, as the program names them. */
async function subcommands(): Promise<string[]> {
  const [, list] = (await helpOf([])).split("Commands:\n");
  return [...list!.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!);
}

interface Module {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
}

/** Files of the project that are loaded with one of them, by their paths in it. */
async function loadedWith(file: string): Promise<string[]> {
  const { code, stdout, stderr } = await spawn(Deno.execPath(), ["info", "--json", file]);
  assert.equal(code, 0, stderr);
  const { roots: [root], modules } = JSON.parse(text(stdout)) as {
    roots: [string];
    modules: Module[];
  };
  const loaded = new Set([root]);
  for (const specifier of loaded) {
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
    for (const { code, isDynamic } of dependencies) {
      if (code && !isDynamic) loaded.add(code.specifier);
    }
  }
  return [...loaded].filter((url) => url.includes(PROJECT)).map((url) => url.split(PROJECT)[1]!);
}

Deno.test("no command loads the library for its help", async () => {
  const doors = ["src/mod.ts", "src/image/mod.ts", "src/video/mod.ts"];
  for (const name of list(`${PROJECT}src/cli/commands`)) {
    const loaded = await loadedWith(`src/cli/commands/${name}`);
    assert.deepEqual(loaded.filter((path) => doors.includes(path)), [], name);
  }
  const loaded = await loadedWith("src/cli/actions/stylize.ts");
  assert.ok(loaded.includes("src/image/mod.ts"));
  assert.ok(
    !loaded.includes("src/video/mod.ts"),
    "pictures are restyled without the part for clips",
  );
});

Deno.test("every example in the help works as it stands", async (t) => {
  await using folder = await temporaryFolder({
    "photo.jpg": "island.jpg",
    "evening.jpg": "rocket.jpg",
    "photos/one.jpg": "island.jpg",
    "painting.jpg": "mosaic.jpg",
    "a.jpg": "mosaic.jpg",
    "b.jpg": "strokes.jpg",
    "art/waves.jpg": "woodcut.jpg",
  });
  const cwd = folder.path;
  const pack = ["precompute-style-covariance", "art", "-o", "art.safetensors", ...RUNTIME];
  assert.equal((await linearStyle(pack, { cwd })).code, 0);
  if (hasFfmpeg) await ffmpeg(cwd, ...DRAW_CLIP, "clip.mp4");
  for (const name of await subcommands()) {
    const [, examples] = (await helpOf([name])).split(/^Examples?: /m);
    assert.ok(examples, `${name} has no example`);
    for (const [, line] of examples.matchAll(/^ *linear-style (.+)$/gm)) {
      await t.step({
        name: line!,
        ignore: name === "video" && missing(hasFfmpeg),
        async fn() {
          const args = [...line!.split(" "), ...again(name)];
          const { code, stderr } = await linearStyle(args, { cwd });
          assert.equal(code, 0, stderr);
        },
      });
    }
  }
});

/** A tiny clip of three frames. */
const DRAW_CLIP = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=3:duration=1"];

/** Options with which an example can follow another that writes the same file, and ends soon. */
function again(subcommand: string): string[] {
  if (subcommand === "bench") return ["--sizes", "64", "--runs", "1", "--backends", "builtin"];
  if (subcommand === "dataset") return ["--style-size", "96", ...RUNTIME];
  const isPack = subcommand === "precompute-style-covariance";
  if (!isPack && !["stylize", "blend", "video"].includes(subcommand)) return [];
  return ["--overwrite", "--style-size", "96", ...(isPack ? [] : ["--size", "96"]), ...RUNTIME];
}
