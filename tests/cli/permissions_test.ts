import assert from "node:assert/strict";
import configuration from "../../deno.json" with { type: "json" };
import { wholeProgram } from "../../src/cli/program.ts";
import { ffmpeg } from "../helpers/clips.ts";
import { PROJECT, spawn, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const STYLES = ["--backend", "builtin", "--threads", "2", "--style-size", "64"];
const NETWORKS = [...STYLES, "--size", "64"];
const OUT = ["--overwrite", "-o"];

/** Command lines that do the work of each subcommand. */
const COMMAND_LINES: Record<string, string[][]> = {
  stylize: [
    ["photo.jpg", "style.png", ...NETWORKS, ...OUT, "out.png"],
    ["photo.jpg", "style.png", ...NETWORKS, "--backend", "wasm", ...OUT, "out.png"],
    ["photos", "style.png", ...NETWORKS, ...OUT, "out", "--depth", "8", "--format", "avif"],
  ],
  video: [["clip.mp4", "style.png", ...NETWORKS, ...OUT, "out.mp4"]],
  "precompute-style-covariance": [["style.png", "photo.jpg", ...STYLES, ...OUT, "p"]],
  blend: [["photo.jpg", "--level", "1=style.png", ...NETWORKS, ...OUT, "out.png"]],
  dataset: [["photos", "style.png", ...STYLES, ...OUT, "set", "--brush", "fine"]],
  inspect: [["photo.jpg"], ["p", "--thumbnails", "thumbnails"]],
  backends: [[]],
  bench: [["--sizes", "64", "--runs", "1", "--backends", "builtin"]],
  completions: [["bash"]],
  man: [[]],
};

/** What a task in deno.json grants; a subcommand without a task is granted nothing. */
function granted(subcommand: string): string[] {
  const tasks: Record<string, { command: string }> = configuration.tasks;
  return tasks[subcommand]?.command.split(" ").filter((word) => word.startsWith("--allow-")) ?? [];
}

interface Asked {
  permission: string;
  value: string | null;
}

/** Whether a permission that was asked for is among those granted. */
function isGranted({ permission, value }: Asked, flags: string[]): boolean {
  return flags.some((flag) => {
    const [name, list] = flag.slice("--allow-".length).split("=");
    if (name !== permission) return false;
    if (list === undefined) return true;
    if (value === null) return false;
    const values = list.split(",");
    return permission === "ffi"
      ? values.some((path) => value.startsWith(`${PROJECT}${path}/`))
      : values.includes(value);
  });
}

Deno.test("every subcommand works with what its task grants, and asks for nothing else", async (t) => {
  await using folder = await temporaryFolder({
    "photo.jpg": "island.jpg",
    "photos/one.jpg": "island.jpg",
    "photos/two.jpg": "island.jpg",
    "style.png": "island-sky.png",
  });
  const cwd = folder.path;
  if (hasFfmpeg) {
    const drawn = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=3:duration=1"];
    await ffmpeg(cwd, ...drawn, "clip.mp4");
  }
  const names = (await wholeProgram()).commands.map((command) => command.name());
  assert.deepEqual(names, Object.keys(COMMAND_LINES), "every subcommand is tried");
  for (const name of names) {
    for (const args of COMMAND_LINES[name]!) {
      await t.step({
        name: [name, ...args].join(" "),
        ignore: name === "video" && missing(hasFfmpeg),
        fn: () => run(name, args, cwd),
      });
    }
  }
});

async function run(name: string, args: string[], cwd: string): Promise<void> {
  const flags = granted(name);
  const log = `${cwd}/asked.jsonl`;
  const deno = ["run", "--quiet", "--no-prompt", "--config", `${PROJECT}deno.json`];
  const absolute = flags.map((flag) => flag.replace("=backends/", `=${PROJECT}backends/`));
  const { code, stderr } = await spawn(
    Deno.execPath(),
    [...deno, ...absolute, `${PROJECT}main.ts`, name, ...args],
    { cwd, env: { DENO_AUDIT_PERMISSIONS: log } },
  );
  assert.equal(code, 0, stderr);
  const lines = (await Deno.readTextFile(log).catch(() => "")).split("\n").filter(Boolean);
  await Deno.remove(log).catch(() => {});
  // The processes that bench starts write to it, too, and over one another's lines.
  const asked = lines.flatMap((line) => /^\{[^{}]*\}$/.test(line) ? JSON.parse(line) as Asked : []);
  if (flags.length > 0) assert.ok(asked.length > 0, "what is asked for is told");
  const read = new Set(asked.filter((one) => one.permission === "read").map(({ value }) => value));
  // Deno notes some files that are only read as written, too.
  const isRead = ({ permission, value }: Asked) => permission === "write" && read.has(value);
  assert.deepEqual(asked.filter((one) => !isGranted(one, flags) && !isRead(one)), []);
  // The default path needs no native code, no other program, and above all no network.
  const beyond = asked.map(({ permission }) => permission).filter((p) => !/read|write|env/.test(p));
  const allowed = { video: ["run"], bench: ["run"], backends: ["ffi"] }[name] ?? [];
  assert.deepEqual([...new Set(beyond)].filter((permission) => !allowed.includes(permission)), []);
}
