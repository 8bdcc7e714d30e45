import assert from "node:assert/strict";
import configuration from "../../deno.json" with { type: "json" };
import { ExitCode } from "../../src/cli/exit_codes.ts";
import { wholeProgram } from "../../src/cli/program.ts";
import { example, linearStyle, PROJECT, spawn, text } from "../helpers/program.ts";

Deno.test("--version and --help answer without the runtime", async () => {
  // With no permission but to read its own sources, nothing of the runtime could be loaded.
  const run = ["run", "--no-prompt", "--quiet", `${PROJECT}main.ts`];
  const version = await spawn(Deno.execPath(), [...run, "--version"]);
  assert.equal(text(version.stdout), `${configuration.version}\n`);
  const subcommands = (await wholeProgram()).commands.map((command) => command.name());
  for (const args of [["--help"], [], ...subcommands.map((name) => [name, "--help"])]) {
    const { code, stdout, stderr } = await spawn(Deno.execPath(), [...run, ...args]);
    assert.equal(code, 0, stderr);
    assert.match(text(stdout), /^Usage: linear-style/);
    if (args[1]) assert.match(text(stdout), /^Examples?: linear-style /m);
    for (const line of text(stdout).split("\n")) assert.ok(line.length <= 80, line);
  }
});

Deno.test("an unknown command is one line and exit code 2", async () => {
  const { code, stderr } = await linearStyle(["stilize"]);
  assert.equal(code, 2);
  assert.equal(
    stderr,
    "error: unknown command 'stilize' (Did you mean stylize?) (for help: linear-style --help)\n",
  );
});

Deno.test("exit codes are those that the help tells", async () => {
  const help = text((await linearStyle(["--help"])).stdout).replaceAll("\n", " ");
  const told = [...help.split("Exit codes:")[1]!.matchAll(/(\d+) /g)].map(([, code]) =>
    Number(code)
  );
  assert.deepEqual(told, Object.values(ExitCode));
  assert.equal((await linearStyle(["inspect", example("island.jpg")])).code, ExitCode.done);
  assert.equal((await linearStyle(["inspect", "absent.jpg"])).code, ExitCode.failed);
  assert.equal((await linearStyle(["inspect"])).code, ExitCode.usage);
});

Deno.test("nothing is coloured, on a terminal or for those who force it", async () => {
  for (const args of [["--help"], ["stilize"], ["inspect", "absent.jpg"]]) {
    const env = { NO_COLOR: "", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" };
    const { stdout, stderr } = await linearStyle(args, { env });
    assert.ok(!`${text(stdout)}${stderr}`.includes("\x1b"), stderr);
  }
});

Deno.test("tasks grant what they need, and never the network beyond this machine", () => {
  const isLocal = (word: string) =>
    /^--allow-net=(localhost|127\.0\.0\.1)(,127\.0\.0\.1)?$/.test(word);
  for (const [name, { command }] of Object.entries(configuration.tasks)) {
    const others = command.split(" ").filter((word) => !isLocal(word));
    assert.doesNotMatch(others.join(" "), /--allow-(all|net)|(^| )-A/, name);
    if (!["page", "test", "test-page"].includes(name)) {
      assert.equal(others.join(" "), command, name);
    }
  }
});
