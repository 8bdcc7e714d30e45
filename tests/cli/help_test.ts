import assert from "node:assert/strict";
import { ffmpeg } from "../helpers/clips.ts";
import { linearStyle, temporaryFolder, text } from "../helpers/program.ts";
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
