import { fileURLToPath } from "node:url";
import { type BackendName, type Precision, probeBackend } from "../../../backends/mod.ts";
import { encodeImage, type Pixels, toPlanes } from "../../image/mod.ts";
import type { StyleStatistics, Stylizer } from "../../mod.ts";
import { BaselineModel } from "../bench/baseline.ts";
import { testPicture } from "../bench/test_picture.ts";
import { median, medianTime, time } from "../bench/timing.ts";
import { Reporter } from "../io/reporter.ts";
import { print } from "../io/standard_output.ts";
import { scratchFolder } from "../io/temporary_files.ts";
import { loadStylizer } from "../load_stylizer.ts";

/** Options of the subcommand. */
export interface BenchOptions {
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
  /** With `--against`: one pass of our networks, one of the other graph, and their ratio. */
  against?: { own: number; other: number; ratio: number };
}

/** Carries out `bench`. */
export async function bench(options: BenchOptions): Promise<void> {
  const reporter = new Reporter();
  using folder = scratchFolder("linear-style-bench-");
  const rows: Row[] = [];
  try {
    for (const backend of options.backends) {
      rows.push(...await benchBackend(backend, options, folder.path, reporter));
    }
  } finally {
    reporter.clear();
  }
  print(options.json ? `${JSON.stringify(rows, null, 2)}\n` : formatTable(rows));
}

/** Measures a backend at all sizes, or notes why it is left out. */
async function benchBackend(
  backend: BackendName,
  { sizes, runs, against, precision, threads, model }: BenchOptions,
  folder: string,
  reporter: Reporter,
): Promise<Row[]> {
  const found = await probeBackend(backend, threads ? { threads } : {});
  if (!found.available) {
    reporter.note(`${backend} is left out: ${found.reason}`);
    return [];
  }
  const { device } = found;
  const runtime = { backend, model, precision, ...(threads ? { threads } : {}) };
  await using stylizer = await loadStylizer(runtime, reporter);
  const baseline = against && await BaselineModel.load(against, stylizer.network.backend);
  const rows: Row[] = [];
  for (const size of sizes) {
    reporter.step(`${backend}, ${size} px`);
    const [content, style] = [testPicture(size, 1), testPicture(size, 2)];
    const paths = [`${folder}/content.png`, `${folder}/style.png`];
    await Deno.writeFile(paths[0]!, await encodeImage(content, "png"));
    await Deno.writeFile(paths[1]!, await encodeImage(style, "png"));
    const statistics = await stylizer.encodeStyle(style); // Warms up, too.
    await stylizer.stylize(content, statistics);
    const args = ["stylize", ...paths, "-o", `${folder}/out.png`, "--overwrite", "--quiet"];
    args.push("--style-size", `${size}`, "--backend", backend, "--model", model);
    args.push("--precision", precision);
    if (threads) args.push("--threads", `${threads}`);
    rows.push({
      backend,
      device,
      size,
      encodeStyle: await medianTime(runs, () => stylizer.encodeStyle(style)),
      stylize: await medianTime(runs, () => stylizer.stylize(content, statistics)),
      process: await medianTime(Math.min(runs, 3), () => runProcess(args)),
      ...(baseline
        ? { against: await compare(runs, stylizer, statistics, content, baseline) }
        : {}),
    });
  }
  return rows;
}

function formatTable(rows: readonly Row[]): string {
  const lines = ["backend   size  encode style   stylize  whole process  device"];
  for (const { backend, size, encodeStyle, stylize, process, device, against } of rows) {
    const [first, second, third] = [encodeStyle, stylize, process].map((value) => value.toFixed(1));
    lines.push(
      backend.padEnd(8) + `${size}`.padStart(6) + first!.padStart(14) + second!.padStart(10) +
        third!.padStart(15) + `  ${device}`,
    );
    if (against) {
      const { own, other, ratio } = against;
      const times = `${own.toFixed(1)} against ${other.toFixed(1)} ms`;
      lines.push(`${" ".repeat(8)}a picture, all passes: ${times}, ratio ${ratio.toFixed(2)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Times our networks and another in turn, since a machine's speed changes from minute to minute. */
async function compare(
  runs: number,
  stylizer: Stylizer,
  style: StyleStatistics,
  content: Pixels,
  baseline: BaselineModel,
): Promise<NonNullable<Row["against"]>> {
  const planes = toPlanes(content, { ...content, left: 0, top: 0 });
  const ours = () => stylizer.stylize(content, style, { tile: "off" });
  const theirs = () => baseline.run(planes.data, content.width);
  await theirs(); // Warms up; ours is warm.
  const [own, other]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    own.push(await time(ours));
    other.push(await time(theirs));
  }
  const ratio = median(own.map((value, run) => value / other[run]!));
  return { own: median(own), other: median(other), ratio };
}

async function runProcess(args: string[]): Promise<void> {
  const [main, native] = ["main.ts", "backends/onnxruntime-node"]
    .map((path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
  const permissions = [ // Those of the task.
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env=INIT_CWD",
    `--allow-ffi=${native}`,
  ];
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["run", "--quiet", ...permissions, main!, ...args],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
