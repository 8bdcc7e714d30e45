import assert from "node:assert/strict";
import configuration from "../../deno.json" with { type: "json" };
import { linearStyle, PROJECT, spawn } from "../program.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("--version and --help answer without the runtime", async () => {
  // With no permission but to read its own sources, nothing of the runtime could be loaded.
  const run = ["run", "--no-prompt", "--quiet", `${PROJECT}main.ts`];
  const version = await spawn(Deno.execPath(), [...run, "--version"]);
  assert.equal(text(version.stdout), `${configuration.version}\n`);
  for (const args of [["--help"], [], ["stylize", "--help"], ["bench", "--help"]]) {
    const { code, stdout, stderr } = await spawn(Deno.execPath(), [...run, ...args]);
    assert.equal(code, 0, stderr);
    assert.match(text(stdout), /^Usage: linear-style/);
    for (const line of text(stdout).split("\n")) assert.ok(line.length <= 80, line);
  }
});

Deno.test("an unknown command is one line and exit code 2", async () => {
  const { code, stderr } = await linearStyle(["stilize"]);
  assert.equal(code, 2);
  assert.equal(stderr, "error: unknown command 'stilize' (Did you mean stylize?)\n");
});

Deno.test("tasks grant what they need, and never the network", () => {
  for (const [name, { command }] of Object.entries(configuration.tasks)) {
    assert.doesNotMatch(command, /--allow-(all|net)|(^| )-A/, name);
  }
});
