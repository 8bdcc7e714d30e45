// deno-lint-ignore-file no-console -- A program that prints.

/**
 * `deno task error-coverage [TESTS...]`: runs tests, all where none are named, and lists the errors
 * in the source that none of them provoked. Exits with 1 if there are some.
 */

import { fileURLToPath } from "node:url";
import configuration from "../deno.json" with { type: "json" };
import { list, PROJECT } from "../tests/helpers/program.ts";

/**
 * Where an error is made that users see: its class is called, or what does so for the file, or it
 * is put into words.
 */
const ERROR = /\bnew \w+Error\(|(?<!#)\bfail\(|\b(return|reason:) ["`][a-z][\w-]* /i;

/** Within `src/image` these say what is wrong with a file to what makes an `ImageError` of it. */
const INTERNAL = /\bnew (Range|Type)Error\(/;

/** How often each line was run, and each of its branches. */
interface Lines {
  runs: Map<number, number>;
  branches: Map<number, number[]>;
}

const folder = await Deno.makeTempDir({ prefix: "linear-style-coverage-" });
try {
  await runTests(folder);
  const covered = await readCoverage(folder);
  let [all, missed] = [0, 0];
  for (const path of sources(["src", "backends"])) {
    const lines = (await Deno.readTextFile(path)).split("\n");
    for (const [index, line] of lines.entries()) {
      if (!ERROR.test(line) || /^\s*(\*|\/\/)/.test(line)) continue;
      if (path.includes("src/image/") && INTERNAL.test(line)) continue;
      all++;
      if (isProvoked(covered.get(path), index + 1)) continue;
      missed++;
      console.log(`${path.slice(PROJECT.length)}:${index + 1}: ${line.trim()}`);
    }
  }
  console.log(`${all - missed} of ${all} errors were provoked`);
  Deno.exitCode = missed > 0 ? 1 : 0;
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Runs the tests with every process that they start writing into a folder what it ran. */
async function runTests(folder: string): Promise<void> {
  const permissions = configuration.tasks.test.command.split(" ")
    .filter((word) => word.startsWith("--allow-"));
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", ...permissions, ...Deno.args],
    cwd: PROJECT,
    env: { DENO_COVERAGE_DIR: folder },
    stdout: "inherit",
  }).output();
  if (!success) console.log("Some tests failed");
}

/** What was run, by the paths of the source. */
async function readCoverage(folder: string): Promise<Map<string, Lines>> {
  for (const name of list(folder)) await removeCutOff(`${folder}/${name}`);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--lcov", folder],
    stderr: "inherit",
  }).output();
  const covered = new Map<string, Lines>();
  let lines: Lines = { runs: new Map(), branches: new Map() };
  for (const record of new TextDecoder().decode(stdout).split("\n")) {
    const [kind, values = ""] = record.split(/:(.*)/s);
    if (kind === "SF") covered.set(values, lines = { runs: new Map(), branches: new Map() });
    const [line, ...counts] = values.split(",").map((value) => Number(value) || 0);
    if (kind === "DA") lines.runs.set(line!, counts[0]!);
    if (kind === "BRDA") {
      lines.branches.set(line!, [...lines.branches.get(line!) ?? [], counts[2]!]);
    }
  }
  return covered;
}

/** Removes what a process that was killed has not written to its end: nothing would be read. */
async function removeCutOff(path: string): Promise<void> {
  try {
    JSON.parse(await Deno.readTextFile(path));
  } catch {
    await Deno.remove(path);
  }
}

/** Whether a line was run, and all of it: an error may be but a branch of it. */
function isProvoked(lines: Lines | undefined, line: number): boolean {
  if (!lines?.runs.get(line)) return false;
  return (lines.branches.get(line) ?? []).every((count) => count > 0);
}

/** Paths of the source files in some folders of the project. */
function* sources(folders: string[]): Generator<string> {
  for (const folder of folders) {
    for (const name of list(`${PROJECT}${folder}`)) {
      const path = fileURLToPath(new URL(`../${folder}/${name}`, import.meta.url));
      if (name.endsWith(".ts")) yield path;
      else if (name !== "onnxruntime-node" && Deno.statSync(path).isDirectory) {
        yield* sources([`${folder}/${name}`]);
      }
    }
  }
}
