import assert from "node:assert/strict";
import { encodeImage } from "../../src/mod.ts";
import { flat } from "../../tests/helpers/pictures.ts";
import {
  commandLine,
  example,
  linearStyle,
  list,
  temporaryFolder,
} from "../../tests/helpers/program.ts";
import { RUNTIME } from "../../tests/helpers/runtime.ts";

const PICTURES = 24;

/**
 * Kills a run over a folder at random moments, each time going on with what there is, and compares
 * the results with those of a run that nothing disturbed.
 *
 * @param kills how often
 * @returns how many of them found some of the results there, but not all
 */
export async function killAndResume(kills: number): Promise<number> {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/photos`);
  for (let index = 0; index < PICTURES; index++) {
    const color = [10 * index, 255 - 7 * index, 31 * index % 256, 255];
    const bytes = await encodeImage(flat(32 + index, 32, color), "png");
    await Deno.writeFile(`${cwd}/photos/${index}.png`, bytes);
  }
  const style = ["precompute-style-covariance", example("mosaic.jpg"), "-o", "style.safetensors"];
  const packed = await linearStyle([...style, "--style-size", "64", ...RUNTIME], { cwd });
  assert.equal(packed.code, 0, packed.stderr);
  const command = (out: string) => [
    ...["stylize", "photos", "style.safetensors", "-o", out, "--name", "{content}"],
    ...["--skip-existing", ...RUNTIME],
  ];

  const started = performance.now();
  const undisturbed = await linearStyle(command("whole"), { cwd });
  const duration = performance.now() - started;
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
  const expected = await read(`${cwd}/whole`);
  assert.equal(expected.size, PICTURES);

  let partial = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: commandLine(command("out")),
      cwd,
      stdout: "null",
      stderr: "null",
    }).spawn();
    const moment = Math.random() * duration;
    const timer = setTimeout(() => child.kill("SIGKILL"), moment);
    const { success } = await child.status;
    clearTimeout(timer);
    const results = await read(`${cwd}/out`).catch(() => new Map<string, string>());
    const finished = [...results].filter(([name]) => !name.startsWith("."));
    for (const [name, content] of finished) {
      assert.equal(content, expected.get(name), `${name}, killed after ${moment} ms`);
    }
    if (finished.length > 0 && finished.length < PICTURES) partial++;
    // What is finished cannot be resumed.
    if (success) await Deno.remove(`${cwd}/out`, { recursive: true });
  }
  const last = await linearStyle(command("out"), { cwd });
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(await read(`${cwd}/out`), expected);
  return partial;
}

/** The bytes of all files in a folder, as text, by their names. */
async function read(folder: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for (const name of list(folder)) {
    contents.set(name, (await Deno.readFile(`${folder}/${name}`)).toHex());
  }
  return contents;
}
