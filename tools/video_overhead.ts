// deno-lint-ignore-file no-console -- A program that prints.

/**
 * How much longer a frame of a video takes than the networks alone: decoding and encoding it, and
 * pixels on their way. Not a test: times on a machine with other work mean little.
 *
 *     deno run -A tools/video_overhead.ts [BACKEND] [WIDTHxHEIGHT]
 */

import { Stylizer } from "../src/mod.ts";
import type { BackendName } from "../backends/mod.ts";
import { examplePicture } from "../tests/helpers/pictures.ts";
import { example, linearStyle, spawn, temporaryFolder } from "../tests/helpers/program.ts";

const [backend = "builtin", size = "512x288"] = Deno.args;
const [width, height] = size.split("x").map(Number) as [number, number];
const SHORT = 12;
const LONG = 60;
const RUNS = 7;

await using folder = await temporaryFolder();
await using stylizer = await Stylizer.load({ backend: backend as BackendName });
const style = await stylizer.encodeStyle(await examplePicture("mosaic.jpg", 256, 256));
const picture = await examplePicture("island.jpg", width, height);
const matching = {
  prepared: await stylizer.prepare(await stylizer.measure(picture, [{ style }])),
};

/** Milliseconds that the networks take for a frame. */
async function networkAlone(): Promise<number> {
  const start = performance.now();
  for (let frame = 0; frame < SHORT; frame++) await stylizer.stylize(picture, style, { matching });
  return (performance.now() - start) / SHORT;
}

/** Milliseconds that the subcommand takes for a clip. */
async function subcommand(frames: number): Promise<number> {
  const clip = `${folder.path}/${frames}.mp4`;
  const source = `testsrc2=size=${size}:rate=25:duration=${frames / 25}`;
  await spawn("ffmpeg", ["-y", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", clip]);
  const args = ["video", clip, example("mosaic.jpg"), "-o", `${folder.path}/out.mp4`];
  const start = performance.now();
  const { code, stderr } = await linearStyle([
    ...[...args, "--overwrite", "--backend", backend, "--sample", "4", "--style-size", "256"],
  ]);
  if (code !== 0) throw new Error(stderr);
  return performance.now() - start;
}

await networkAlone();
const [alone, whole]: [number[], number[]] = [[], []];
for (let run = 0; run < RUNS; run++) {
  alone.push(await networkAlone());
  whole.push((await subcommand(LONG) - await subcommand(SHORT)) / (LONG - SHORT));
}
const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
const [networks, frame] = [median(alone), median(whole)];
console.log(`${backend}, ${size} px: networks ${networks.toFixed(0)} ms a frame`);
console.log(`video: ${frame.toFixed(0)} ms a frame, ${(1000 / frame).toFixed(1)} frames a second`);
console.log(`overhead ${(100 * (frame / networks - 1)).toFixed(0)} %`);
console.log(`all runs: ${alone.map(Math.round).join()} and ${whole.map(Math.round).join()} ms`);
