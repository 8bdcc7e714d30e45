import assert from "node:assert/strict";
import { EXIT_MEANINGS, ExitCode } from "../../src/cli/exit_codes.ts";
import { wholeProgram } from "../../src/cli/program.ts";
import { linearStyle, PROJECT, spawn, text } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";

/** A text without what only lays it out. */
const bare = (page: string) => page.replace(/\s+/g, " ");

const hasGroff = await spawn("groff", ["--version"]).then(({ code }) => code === 0, () => false);

Deno.test({
  name: "the manual page is sound, and has all commands, options, examples and exit codes",
  ignore: missing(hasGroff),
  async fn() {
    const { code, stdout, stderr } = await linearStyle(["man"]);
    assert.equal(code, 0, stderr);
    // With all warnings; `-P-c`: without the marks of a terminal. Lines as long as can be.
    const options = ["-man", "-Tascii", "-ww", "-P-cbou", "-rLL=1000n", "-rHY=0"];
    const shown = await spawn("groff", options, { stdin: Uint8Array.from(stdout) });
    assert.deepEqual([shown.code, shown.stderr], [0, ""]);
    const page = bare(text(shown.stdout));
    const has = (part: string) => assert.ok(page.includes(bare(part)), `${part}\n${page}`);
    for (const command of (await wholeProgram()).commands) {
      has(`${[command.name(), ...command.aliases()].join("|")} ${command.usage()}`);
      has(command.description());
      for (const { flags, description } of command.options) has(`${flags} ${description}`);
      const help = text((await linearStyle([command.name(), "--help"])).stdout);
      for (const [example] of help.matchAll(/linear-style .+/g)) {
        if (!example.includes("[")) has(example);
      }
    }
    for (const [key, value] of Object.entries(ExitCode)) {
      has(`${value} ${EXIT_MEANINGS[key as keyof typeof ExitCode]}`);
    }
  },
});

Deno.test("the README tells the same exit codes", async () => {
  const readme = bare(await Deno.readTextFile(`${PROJECT}README.md`));
  const told = Object.entries(ExitCode)
    .map(([key, code]) => `${code} ${EXIT_MEANINGS[key as keyof typeof ExitCode]}`);
  assert.ok(readme.includes(`Exit codes: ${told.join(", ")}.`));
});
