// deno-lint-ignore-file no-console -- A program that prints.

/**
 * Whether memory and open handles grow with the pictures that one run restyles. Linux only.
 *
 *     deno run -A tools/soak.ts [PICTURES] [SIDE] [COMMAND]
 *
 * COMMAND is `stylize` or `dataset`. The share of the time that the networks have is in the closing
 * line.
 */

import { encodeImage } from "../src/mod.ts";
import { examplePicture } from "../tests/helpers/pictures.ts";
import { commandLine, example, spawn, temporaryFolder } from "../tests/helpers/program.ts";

const count = Number(Deno.args[0] ?? 2000);
const side = Number(Deno.args[1] ?? 64);
const command = Deno.args[2] ?? "stylize";

await using folder = await temporaryFolder();
const cwd = folder.path;
await Deno.mkdir(`${cwd}/photos`);
const bytes = await encodeImage(await examplePicture("island.jpg", side, side), "jpeg");
for (let index = 0; index < count; index++) {
  await Deno.writeFile(`${cwd}/photos/${index}.jpg`, bytes);
}

const child = new Deno.Command(Deno.execPath(), {
  args: commandLine([
    ...[command, "photos", example("mosaic.jpg"), "-o", "out", "--style-size", "64"],
    ...["--backend", "builtin", "--json"],
  ]),
  cwd,
  stdout: "piped",
  stderr: "inherit",
}).spawn();
/** By the pictures that are done: resident memory, in MB, and open handles. */
const samples: { done: number; memory: number; handles: number }[] = [];
let done = 0;
for await (const chunk of child.stdout) {
  done += chunk.filter((byte) => byte === 10).length;
  if (done < 20 * (samples.length + 1)) continue;
  // Deno itself shows /proc only to programs that may do anything.
  const look = `grep VmRSS /proc/${child.pid}/status && ls /proc/${child.pid}/fd | wc -l`;
  const { code, stdout } = await spawn("sh", ["-c", look]);
  if (code !== 0) break; // It has ended.
  const [kilobytes, handles] = new TextDecoder().decode(stdout).match(/\d+/g)!.map(Number);
  samples.push({ done, memory: kilobytes! / 1024, handles: handles! });
}
const { code } = await child.status;

for (const { done, memory, handles } of samples.filter((_, index) => index % 10 === 0)) {
  console.log(`${done} pictures: ${memory.toFixed(0)} MB, ${handles} handles`);
}
// The first half is for what is set up once.
const late = samples.slice(samples.length / 2);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const [x, y] = [mean(late.map(({ done }) => done)), mean(late.map(({ memory }) => memory))];
const spread = mean(late.map(({ done }) => (done - x) ** 2));
const slope = mean(late.map(({ done, memory }) => (done - x) * (memory - y))) / spread;
const residue = mean(late.map(({ done, memory }) => (memory - y - slope * (done - x)) ** 2));
const error = Math.sqrt(residue / spread / (late.length - 2));
console.log(`memory: ${(1024 * slope).toFixed(1)} ± ${(1024 * error).toFixed(1)} KB a picture`);
const handles = late.map(({ handles }) => handles);
console.log(`handles: ${Math.min(...handles)} to ${Math.max(...handles)}`);
Deno.exit(code);
