import { Command, InvalidArgumentError, Option } from "commander";
import { fileURLToPath } from "node:url";
import {
  BACKEND_NAMES,
  type BackendName,
  type Precision,
  probeBackend,
} from "../../../backends/mod.ts";
import { encodeImage, type Pixels, toPlanes } from "../../image/mod.ts";
import type { StyleStatistics, Stylizer } from "../../mod.ts";
import { options, whole } from "../options/definitions.ts";
import { Progress } from "../io/progress.ts";
import { Rival } from "../bench/baseline.ts";
import { loadStylizer } from "../runtime.ts";
import { print } from "../io/standard_output.ts";

interface BenchOptions {
  sizes: number[];
  runs: number;
  backends: BackendName[];
  against?: string;
  precision: Precision;
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
  /** With `--against`: one pass of the networks alone, the same of the other graph, and their ratio. */
  against?: { own: number; other: number; ratio: number };
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
    .addOption(
      new Option("--against <onnx>", "time another network in turn with ours, and their ratio"),
    )
    .addOption(options.precision())
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
  { sizes, runs, backends, against, precision, threads, model, json }: BenchOptions,
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
      const given = { backend, model, precision, ...(threads ? { threads } : {}) };
      await using stylizer = await loadStylizer(given, progress);
      const rival = against && await Rival.load(against, stylizer.network.backend);
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
        command.push("--precision", precision);
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
          ...(rival ? { against: await compare(runs, stylizer, statistics, content, rival) } : {}),
        });
      }
    }
  } finally {
    progress.clear();
    await Deno.remove(folder, { recursive: true });
  }
  if (json) return print(`${JSON.stringify(rows, null, 2)}\n`);
  print("backend   size  encode style   stylize  whole process  device\n");
  for (const { backend, size, encodeStyle, stylize, process, device, against } of rows) {
    const cells = [encodeStyle, stylize, process].map((value) => value.toFixed(1));
    print(
      backend.padEnd(8) + `${size}`.padStart(6) + cells[0]!.padStart(14) +
        cells[1]!.padStart(10) +
        cells[2]!.padStart(15) + `  ${device}\n`,
    );
    if (against) {
      const { own, other, ratio } = against;
      const times = `${own.toFixed(1)} against ${other.toFixed(1)} ms`;
      print(`${" ".repeat(8)}one pass of the networks: ${times}, ratio ${ratio.toFixed(2)}\n`);
    }
  }
}

async function median(
  runs: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await time(work));
  return middle(times);
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

/** Times the networks and a rival in turn, since a machine's speed changes from minute to minute. */
async function compare(
  runs: number,
  { network, defaultLevels }: Stylizer,
  { matrices, mean }: StyleStatistics,
  content: Pixels,
  rival: Rival,
): Promise<NonNullable<Row["against"]>> {
  const planes = toPlanes(content, { ...content, left: 0, top: 0 });
  const ours = () => network.stylize(planes, matrices, mean, defaultLevels, 1);
  const theirs = () => rival.run(planes.data, content.width);
  await theirs(); // Warms up; ours is warm.
  const [own, other]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    own.push(await time(ours));
    other.push(await time(theirs));
  }
  const ratio = middle(own.map((value, run) => value / other[run]!));
  return { own: middle(own), other: middle(other), ratio };
}

async function runProcess(args: string[]): Promise<void> {
  const [main, native] = ["main.ts", "backends/onnxruntime-node"]
    .map((path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
  const permissions = [ // Those of the task.
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env=INIT_CWD,IMAGESCRIPT_WASM_SIMD",
    `--allow-ffi=${native}`,
  ];
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", ...permissions, main!, ...args],
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
