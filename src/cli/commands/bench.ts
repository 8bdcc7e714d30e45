import { Command, InvalidArgumentError, Option } from "commander";
import { BACKEND_NAMES, type BackendName, probeBackend } from "../../../backends/mod.ts";
import { encodeImage } from "../../image/encode.ts";
import type { Pixels } from "../../image/pixels.ts";
import { options, whole } from "../options.ts";
import { Progress } from "../progress.ts";
import { loadStylizer } from "../runtime.ts";

interface BenchOptions {
  sizes: number[];
  runs: number;
  backends: BackendName[];
  threads?: number;
  model: string;
  json?: boolean;
}

/** Medians, in milliseconds. */
interface Row {
  backend: BackendName;
  device: string;
  /** Side of the square content and style, in pixels. */
  size: number;
  encodeStyle: number;
  stylize: number;
  /** A whole `stylize` command, from start to exit. */
  process: number;
}

/** The `bench` subcommand. */
export function command(): Command {
  return new Command("bench")
    .addOption(
      new Option("--sizes <px,...>", "sides of the square pictures")
        .argParser(list(whole(8, 8192))).default(
          [256, 512, 1024],
          "256,512,1024",
        ),
    )
    .addOption(
      new Option("--runs <n>", "measured runs of each").argParser(
        whole(1, 1000),
      ).default(5),
    )
    .addOption(
      new Option("--backends <name,...>", "backends to measure")
        .argParser(list(backendName)).default(
          [...BACKEND_NAMES],
          BACKEND_NAMES.join(),
        ),
    )
    .addOption(options.threads())
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText("after", "\nExample: linear-style bench --sizes 512 --json")
    .action(bench);
}

function list<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map(parse);
}

function backendName(text: string): BackendName {
  const name = BACKEND_NAMES.find((name) => name === text);
  if (!name) {
    throw new InvalidArgumentError(
      `Allowed choices are ${BACKEND_NAMES.join(", ")}.`,
    );
  }
  return name;
}

async function bench(
  { sizes, runs, backends, threads, model, json }: BenchOptions,
) {
  const progress = new Progress();
  const folder = await Deno.makeTempDir({ prefix: "linear-style-bench-" });
  const rows: Row[] = [];
  try {
    for (const backend of backends) {
      const found = await probeBackend(backend, threads ? { threads } : {});
      if (!found.available) {
        progress.clear();
        console.error(`note: ${backend} is left out: ${found.reason}`);
        continue;
      }
      const given = { backend, model, ...(threads ? { threads } : {}) };
      await using stylizer = await loadStylizer(given, progress);
      for (const size of sizes) {
        progress.step(`${backend}, ${size} px`);
        const [content, style] = [testPicture(size, 1), testPicture(size, 2)];
        const paths = [`${folder}/content.png`, `${folder}/style.png`];
        await Deno.writeFile(paths[0]!, await encodeImage(content, "png"));
        await Deno.writeFile(paths[1]!, await encodeImage(style, "png"));
        const statistics = await stylizer.encodeStyle(style); // Warms up, too.
        await stylizer.stylize(content, statistics);
        const command = [
          "stylize",
          ...paths,
          "-o",
          `${folder}/out.png`,
          "--overwrite",
          "--quiet",
        ];
        command.push(
          "--style-size",
          `${size}`,
          "--backend",
          backend,
          "--model",
          model,
        );
        if (threads) command.push("--threads", `${threads}`);
        rows.push({
          backend,
          device: found.device,
          size,
          encodeStyle: await median(runs, () => stylizer.encodeStyle(style)),
          stylize: await median(
            runs,
            () => stylizer.stylize(content, statistics),
          ),
          process: await median(Math.min(runs, 3), () => runProcess(command)),
        });
      }
    }
  } finally {
    progress.clear();
    await Deno.remove(folder, { recursive: true });
  }
  if (json) return console.log(JSON.stringify(rows, null, 2));
  console.log("backend   size  encode style   stylize  whole process  device");
  for (const { backend, size, encodeStyle, stylize, process, device } of rows) {
    const cells = [encodeStyle, stylize, process].map((value) => value.toFixed(1));
    console.log(
      backend.padEnd(8) + `${size}`.padStart(6) + cells[0]!.padStart(14) +
        cells[1]!.padStart(10) +
        cells[2]!.padStart(15) + `  ${device}`,
    );
  }
}

async function median(
  runs: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return (times[Math.floor((runs - 1) / 2)]! + times[Math.floor(runs / 2)]!) /
    2;
}

async function runProcess(args: string[]): Promise<void> {
  const main = new URL("../../../main.ts", import.meta.url);
  const permissions = [
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-ffi",
  ];
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", ...permissions, main.href, ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** Waves of colour with some noise, so that no shortcut for flat pictures helps. */
function testPicture(size: number, seed: number): Pixels {
  const data = new Uint8ClampedArray(4 * size * size).fill(255);
  let random = seed;
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [pixel % size, Math.floor(pixel / size)];
    for (let channel = 0; channel < 3; channel++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const wave = Math.sin((x * (channel + seed) + y * (3 - channel)) * 0.05);
      data[4 * pixel + channel] = 128 + 90 * wave +
        30 * (random / 2 ** 32 - 0.5);
    }
  }
  return { data, width: size, height: size };
}
