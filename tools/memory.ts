// deno-lint-ignore-file no-console -- A program that prints.

/**
 * How much memory a large picture takes, and how much longer a pixel of it than one of a small one.
 * Not a test: it takes minutes, and times on a machine with other work mean little. Linux alone tells
 * the memory of a process.
 *
 *     deno run -A tools/memory.ts [BACKEND] [FORMAT] [WIDTHxHEIGHT]
 */

import { commandLine, example, spawn, temporaryFolder } from "../tests/helpers/program.ts";

const [backend = "builtin", format = "jpg", size = "12000x8000"] = Deno.args;
const SMALL = "2000x1500";

await using folder = await temporaryFolder();
const cwd = folder.path;

/** Seconds that the subcommand takes for a JPEG, and its peak of resident memory in GB. */
async function stylize(size: string): Promise<{ seconds: number; peak: number }> {
  const draw = `scale=${size.replace("x", ":")}:flags=bilinear,noise=alls=12:allf=u`;
  const drawn = ["-frames:v", "1", "-pix_fmt", "yuvj420p", "-q:v", "3", "photo.jpg"];
  await spawn("ffmpeg", ["-y", "-i", example("island.jpg"), "-vf", draw, ...drawn], { cwd });
  const args = ["stylize", "photo.jpg", example("mosaic.jpg"), "-o", `out.${format}`];
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: commandLine([...args, "--overwrite", "--backend", backend, "--style-size", "256"]),
    cwd,
  }).spawn();
  let peak = 0;
  const look = setInterval(async () => {
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return ""; // It has ended.
      throw error;
    });
    peak = Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? peak);
  }, 50);
  const { success } = await child.status;
  clearInterval(look);
  if (!success) throw new Error(`${size} px could not be restyled`);
  return { seconds: (performance.now() - started) / 1000, peak: peak * 1024 / 1e9 };
}

const area = (size: string) => size.split("x").map(Number).reduce((a, b) => a * b);
const [small, large] = [await stylize(SMALL), await stylize(size)];
for (const [name, { seconds, peak }] of [[SMALL, small], [size, large]] as const) {
  console.log(
    `${backend}, ${name} px to ${format}: ${seconds.toFixed(1)} s, ${peak.toFixed(2)} GB`,
  );
}
const ratio = large.seconds / area(size) / (small.seconds / area(SMALL));
console.log(`time of a pixel ${ratio.toFixed(2)} of that of the small one`);
