import assert from "node:assert/strict";
import { linearStyle, spawn, temporaryFolder, text } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";

/** Leaves a test out where its shell is missing. */
const without = async (shell: string) =>
  missing(await spawn(shell, ["-c", "true"]).then(({ code }) => code === 0, () => false));

/** What a shell prints after it has read its script, which is then `$script`. */
async function ask(shell: string, before: string, after: string): Promise<string[]> {
  const { code, stdout, stderr } = await linearStyle(["completions", shell]);
  assert.equal(code, 0, stderr);
  await using folder = await temporaryFolder();
  await Deno.writeFile(`${folder.path}/script`, stdout);
  const plain = { bash: ["--norc"], zsh: ["-f"], fish: ["--no-config"] }[shell]!;
  const lines = `${before}\nsource ${folder.path}/script\n${after}`;
  const answer = await spawn(shell, [...plain, "-c", lines], { env: { HOME: folder.path } });
  assert.equal(answer.stderr, "");
  return text(answer.stdout).trim().split("\n");
}

Deno.test({
  name: "bash completes subcommands, options and their values",
  ignore: await without("bash"),
  async fn() {
    const complete = (...words: string[]) =>
      ask(
        "bash",
        "",
        `COMP_WORDS=(linear-style ${words.map((word) => `"${word}"`).join(" ")})
         COMP_CWORD=${words.length}
         _linear_style
         printf '%s\\n' "\${COMPREPLY[@]}"`,
      );
    assert.deepEqual(await complete("b"), ["blend", "backends", "bench"]);
    assert.deepEqual(await complete("stylize", "--al"), ["--alpha"]);
    assert.deepEqual(await complete("stylize", "a.jpg", "--format", "w"), ["webp"]);
    assert.deepEqual(await complete("stylize", "a"), [""], "names of files are bash's own");
  },
});

Deno.test({
  name: "fish completes subcommands, options and their values",
  ignore: await without("fish"),
  async fn() {
    const complete = async (line: string) =>
      (await ask("fish", "", `complete -C "linear-style ${line}"`))
        .map((found) => found.split("\t")[0]);
    assert.deepEqual((await complete("b")).sort(), ["backends", "bench", "blend"]);
    assert.deepEqual(await complete("stylize --al"), ["--alpha"]);
    assert.deepEqual(await complete("stylize a.jpg --format w"), ["webp"]);
  },
});

Deno.test({
  name: "zsh is told of subcommands, options and their values",
  ignore: await without("zsh"),
  async fn() {
    // Its completion needs a terminal: these stand for its own functions, and print what they get.
    const own = `compdef() {}
      _describe() { print -rl -- "\${(@P)2}" }
      _arguments() { print -rl -- "$@" }`;
    const complete = (...words: string[]) =>
      ask("zsh", own, `words=(linear-style ${words.join(" ")} ""); CURRENT=$#words; _linear_style`);
    assert.ok((await complete()).includes("blend:" + (await summaryOf("blend"))));
    const options = await complete("stylize");
    const has = (start: string, end: string) =>
      assert.ok(options.some((o) => o.startsWith(start) && o.endsWith(end)), options.join("\n"));
    has("*--alpha[strength\\: 0 is", ":value: ");
    has("*--format[", ":value:(png jpeg webp avif tiff)");
    has("*-o[", ":value:_files");
    has("*--output[", ":value:_files");
    assert.equal(options.at(-1), "*:file:_files");
  },
});

async function summaryOf(command: string): Promise<string> {
  const { stdout } = await linearStyle([command, "--help"]);
  return text(stdout).split("\n\n")[1]!.replaceAll("\n", " ");
}

Deno.test("another shell is wrong usage", async () => {
  const { code, stderr } = await linearStyle(["completions", "tcsh"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^error: .*'tcsh' is invalid.* Allowed choices are bash, zsh, fish\. \(for help: .*\n$/,
  );
});
