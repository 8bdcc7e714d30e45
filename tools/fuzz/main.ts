// deno-lint-ignore-file no-console -- A program that prints.

/**
 * `deno task fuzz [COUNT] [SEED] [TARGET...]`: reads that many mutated files, those of each kind in a
 * process of their own, and tells what became of them. Exits with 1 if any ended otherwise than read
 * or refused in one line, took more than 10 s or 1 GB, or took the process with it.
 */

import { fileURLToPath } from "node:url";
import type { Finding } from "./fuzz.ts";
import { TARGET_NAMES } from "./targets.ts";

const SLOWEST = 10_000;
const LARGEST = 2 ** 30;
/** Files that a process reads: memory that a decoder leaves behind is no matter of one file. */
const BATCH = 2000;
/** After so many milliseconds without a word the process is ended. */
const PATIENCE = 300_000;

/** What became of the files of a kind. */
interface Report {
  valid: number;
  refused: number;
  /** Reasons for refusing, without their numbers. */
  reasons: Set<string>;
  failures: string[];
  slowest: number;
  memory: number;
}

const [count = "20000", seed = "1", ...names] = Deno.args;
if (!/^[1-9]\d*$/.test(count)) refuse(`COUNT must be a whole number from 1, not "${count}"`);
if (!/^\d+$/.test(seed)) refuse(`SEED must be a whole number, not "${seed}"`);
for (const name of names) {
  if (!(TARGET_NAMES as readonly string[]).includes(name)) {
    refuse(`There is no target "${name}": there are ${TARGET_NAMES.join(", ")}`);
  }
}
const chosen = TARGET_NAMES.filter((name) => names.length === 0 || names.includes(name));
const each = Math.ceil(Number(count) / chosen.length);
let failed = 0;
console.log("kind          files    valid  refused  reasons   failed   slowest    memory");
for (const name of chosen) {
  const { valid, refused, reasons, failures, slowest, memory } = await report(name);
  const counts = [each, valid, refused, reasons.size, failures.length];
  const cells = [
    name.padEnd(10),
    ...counts.map((value) => `${value}`.padStart(9)),
    `${slowest.toFixed(0)} ms`.padStart(10),
    `${Math.round(memory / 2 ** 20)} MB`.padStart(10),
  ];
  console.log(cells.join(""));
  for (const failure of failures.slice(0, 5)) console.log(`  ${failure}`);
  failed += failures.length;
}
console.log(`${each * chosen.length} files, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** Ends with what is wrong with the arguments. */
function refuse(reason: string): never {
  console.error(`${reason}. Usage: deno task fuzz [COUNT] [SEED] [TARGET...]`);
  Deno.exit(2);
}

/** Has all files of a kind read; a process that ends with one is followed by another. */
async function report(name: string): Promise<Report> {
  const start = { valid: 0, refused: 0, reasons: new Set<string>(), failures: [] };
  const report: Report = { ...start, slowest: 0, memory: 0 };
  const last = Number(seed) + each;
  for (let next = Number(seed); next < last;) {
    const end = Math.min(last, next + BATCH);
    for await (const finding of findings(name, end - next, next)) {
      take(report, finding);
      next = finding.seed + 1;
    }
    if (report.valid + report.refused === 0) {
      report.failures.push("no file was read: is Pillow there, to make some?");
      break;
    }
    if (next < end) {
      report.failures.push(`seed ${next}: the process ended, or said nothing for five minutes`);
      next++;
    }
  }
  return report;
}

function take(report: Report, { seed, outcome, error = "", time, memory }: Finding): void {
  if (outcome === "failed") report.failures.push(`seed ${seed}: ${error}`);
  else report[outcome]++;
  if (outcome === "refused") report.reasons.add(error.replace(/\d+/g, "0").slice(0, 80));
  if (time > SLOWEST) report.failures.push(`seed ${seed}: took ${time} ms`);
  if (memory > LARGEST) report.failures.push(`seed ${seed}: took ${memory} bytes`);
  report.slowest = Math.max(report.slowest, time);
  report.memory = Math.max(report.memory, memory);
}

/** What a process finds, until it ends or falls silent. */
async function* findings(name: string, count: number, seed: number): AsyncGenerator<Finding> {
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const permissions = ["read", "write", "env", "run"].map((name) => `--allow-${name}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, script, name, `${count}`, `${seed}`],
    stdout: "piped",
  }).spawn();
  let silence = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  let rest = "";
  try {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      clearTimeout(silence);
      silence = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line);
    }
  } finally {
    clearTimeout(silence);
  }
  await child.status;
}
