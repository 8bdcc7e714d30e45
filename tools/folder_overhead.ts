// deno-lint-ignore-file no-console -- A program that prints.

/**
 * How long a folder takes, by what decoding, the networks and encoding take for its pictures one
 * after another, and how fast it is by the speed of the networks alone, which are timed before the
 * folder and after it. Not a test: other work on the machine slows the folder more than the networks.
 *
 *     deno run -A tools/folder_overhead.ts [BACKEND] [PICTURES] [SIDE] [COMMAND] [THREADS]
 *
 * COMMAND is `stylize` or `dataset`.
 */

import { decodeImage, encodeImage, type Pixels, Stylizer } from "../src/mod.ts";
import type { BackendName } from "../backends/mod.ts";
import { crop } from "../src/image/pixels.ts";
import { examplePicture } from "../tests/helpers/pictures.ts";
import { example, linearStyle, temporaryFolder } from "../tests/helpers/program.ts";

const backend = (Deno.args[0] ?? "builtin") as BackendName;
const count = Number(Deno.args[1] ?? 300);
const side = Number(Deno.args[2] ?? 512);
const command = Deno.args[3] ?? "stylize";
const threads = Number(Deno.args[4] ?? navigator.hardwareConcurrency);
const PARTS = ["decode", "networks", "encode"] as const;
/** Pictures whose parts are timed, before the folder and after it. */
const TIMED = Math.min(50, count);

await using folder = await temporaryFolder();
const cwd = folder.path;
await Deno.mkdir(`${cwd}/photos`);
const island = await examplePicture("island.jpg", Math.round(1.75 * side), Math.round(1.2 * side));
const files: Uint8Array[] = [];
for (let index = 0; index < count; index++) {
  const [left, top] = [index * 7 % (side >> 2), index * 3 % (side >> 3)];
  const width = Math.round(1.5 * side);
  files.push(await encodeImage(crop(island, { left, top, width, height: side }), "jpeg"));
  await Deno.writeFile(`${cwd}/photos/${index}.jpg`, files[index]!);
}

await using stylizer = await Stylizer.load({ backend, threads });
const style = await stylizer.encodeStyle(await examplePicture("mosaic.jpg", 256, 256));
const times: Record<typeof PARTS[number], number[]> = { decode: [], networks: [], encode: [] };

async function time<T>(part: typeof PARTS[number], work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  times[part].push(performance.now() - started);
  return result;
}

async function timeParts(): Promise<void> {
  for (const bytes of files.slice(0, TIMED)) {
    const content = await time("decode", () => decodeImage(bytes));
    const result: Pixels = await time("networks", () => stylizer.stylize(content, style));
    await time("encode", () => encodeImage(result, "jpeg"));
  }
}

await timeParts();
for (const part of PARTS) times[part] = []; // They were the first.
await timeParts();
const started = performance.now();
const { code, stderr } = await linearStyle([
  ...[command, "photos", example("mosaic.jpg"), "-o", "out", "--style-size", "256"],
  ...["--backend", backend, "--threads", `${threads}`],
], { cwd });
const whole = (performance.now() - started) / 1000;
if (code !== 0) throw new Error(stderr);
console.log(stderr.trim());
await timeParts();

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const parts = PARTS.map((part) => [part, median(times[part])] as const);
const sum = parts.reduce((total, [, milliseconds]) => total + milliseconds, 0) * count / 1000;
console.log(
  `${backend}, a picture: ${parts.map(([part, ms]) => `${part} ${ms.toFixed(0)} ms`).join(", ")}`,
);
console.log(`${count} pictures: ${whole.toFixed(1)} s, by parts ${sum.toFixed(1)} s`);
console.log(`ratio ${(whole / sum).toFixed(2)}`);
const networks = median(times.networks) * count / 1000;
console.log(`of the networks' own speed: ${(networks / whole).toFixed(2)}, start included`);
