import assert from "node:assert/strict";
import { encodeImage } from "../../src/mod.ts";
import { crop } from "../../src/image/pixels.ts";
import { examplePicture } from "../../tests/helpers/pictures.ts";
import {
  commandLine,
  example,
  linearStyle,
  spawn,
  temporaryFolder,
} from "../../tests/helpers/program.ts";
import { RUNTIME } from "../../tests/helpers/runtime.ts";

const SIDE = 64;

/** Pictures that are in the making at a time. */
const JOBS = 4;

/**
 * Kills a run over a data set, several times along the way, each time going on with what there is,
 * and compares all files with those of a run that nothing disturbed.
 *
 * @param pictures in the data set
 * @param kills how often
 * @returns how many pictures each kill cost: begun, and to be made again
 */
export async function killDataset(pictures: number, kills: number): Promise<number[]> {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.mkdir(`${cwd}/set`);
  const island = await examplePicture("island.jpg", 2 * SIDE, 2 * SIDE);
  for (let index = 0; index < pictures; index++) {
    const [left, top] = [index % SIDE, Math.floor(index / SIDE) % SIDE];
    const part = crop(island, { left, top, width: SIDE, height: SIDE });
    await Deno.writeFile(`${cwd}/set/${index}.jpg`, await encodeImage(part, "jpeg"));
    await Deno.writeTextFile(`${cwd}/set/${index}.txt`, `${index}\n`);
  }
  const command = (out: string) => [
    ...["dataset", "set", example("mosaic.jpg"), "-o", out, "--alpha", "0.3..1"],
    ...["--style-size", "64", "--jobs", `${JOBS}`, ...RUNTIME],
  ];
  const whole = await linearStyle(command("whole"), { cwd });
  assert.equal(whole.code, 0, whole.stderr);

  const lost: number[] = [];
  let known = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: commandLine([...command("out"), "--json"]),
      cwd,
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let done = 0;
    for await (const chunk of child.stdout) {
      done += chunk.filter((byte) => byte === 10).length;
      if (done >= kill * pictures / (kills + 1)) break;
    }
    child.kill("SIGKILL");
    await child.status;
    const { rows, begun } = await readLines(`${cwd}/out/index.jsonl`);
    assert.ok(rows > known && rows < pictures, `${rows} rows, killed after ${done} pictures`);
    assert.ok(begun <= JOBS, `${begun} pictures were begun`);
    known = rows;
    lost.push(begun);
  }
  const last = await linearStyle(command("out"), { cwd });
  assert.equal(last.code, 0, last.stderr);
  assert.match(last.stderr, new RegExp(`^${pictures - known} restyled, ${known} skipped`));
  const { code, stdout } = await spawn("diff", ["-r", "whole", "out"], { cwd });
  assert.equal(code, 0, new TextDecoder().decode(stdout));
  return lost;
}

/** How many results an index lists, and how many it says to be begun, but not made. */
async function readLines(file: string): Promise<{ rows: number; begun: number }> {
  const [rows, begun] = [new Set<string>(), new Set<string>()];
  for (const line of (await Deno.readTextFile(file)).split("\n")) {
    if (!line.endsWith("}")) continue; // The last one, cut off.
    const value = JSON.parse(line);
    if (value.begun) begun.add(value.begun);
    else rows.add(value.output);
  }
  return { rows: rows.size, begun: begun.difference(rows).size };
}
