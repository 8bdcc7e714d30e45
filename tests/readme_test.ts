import assert from "node:assert/strict";
import { shrinkExamples } from "./helpers/pictures.ts";
import { copyProject, PROJECT, spawn, temporaryFolder } from "./helpers/program.ts";
import { hasFfmpeg, missing } from "./helpers/requirements.ts";
import { installFastest } from "./helpers/runtime.ts";

const README = await Deno.readTextFile(`${PROJECT}README.md`);

/** The lines of the README's `sh` blocks that are commands. */
const commands = [...README.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
  block!.split("\n").filter((line) => line && !line.startsWith("#"))
);

/** Commands that run the tests: these. */
const TESTS = /^(npx --yes deno@[\d.]+|deno) task test$/;

/** The command that restyles what a clone holds. */
const RESTYLE = /^npx --yes deno@[\d.]+ run -q stylize /;

/** The command that serves the page, and goes on until it is stopped. */
const PAGE = /^npx --yes deno@[\d.]+ run -q page$/;

/** The command of the npm package, which `package_test.ts` runs where that is installed. */
const PACKAGE = /^npx linear-style /;

const isElsewhere = (command: string) => [TESTS, PAGE, PACKAGE].some((kind) => kind.test(command));

Deno.test("the README begins with the page, npx, a restyling and the tests", () => {
  for (const [index, kind] of [PAGE, PACKAGE, RESTYLE, TESTS].entries()) {
    assert.match(commands[index]!, kind);
  }
});

Deno.test("the README's command for the page serves it", async () => {
  await using folder = await temporaryFolder();
  await copyProject(folder.path);
  const [program, ...args] = commands[0]!.split(" ");
  const child = new Deno.Command(program!, {
    args: [...args, "0"], // A port that is free.
    cwd: folder.path,
    stdout: "piped",
    stderr: "inherit", // To be seen where it fails.
    detached: true,
  }).spawn();
  let [said, isServed] = ["", false];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    const [address] = /http:\/\/localhost:\d+\//.exec(said) ?? [];
    if (!address) continue;
    assert.match(await (await fetch(address)).text(), /<title>linear-style/);
    isServed = true;
    break;
  }
  assert.ok(isServed, "it ended before it served the page");
  Deno.kill(-child.pid); // With all that it has started.
  await child.status;
});

Deno.test("every command in the README works as it stands, in its order", async (t) => {
  await using folder = await temporaryFolder();
  await copyProject(folder.path);
  const root = `${folder.path}/installed`;
  const env = { PATH: `${root}/bin:${Deno.env.get("PATH")}`, DENO_INSTALL_ROOT: root };
  for (const [index, command] of commands.filter((command) => !isElsewhere(command)).entries()) {
    // The first runs on what a clone holds.
    if (index === 1) {
      await installFastest(folder.path);
      await shrinkExamples(folder.path, 64);
    }
    await t.step({
      name: command,
      ignore: /ffmpeg|video|\.gif/.test(command) && missing(hasFfmpeg),
      async fn() {
        const { code, stderr } = await spawn("bash", ["-c", `set -o pipefail; ${command}`], {
          cwd: folder.path,
          env,
        });
        assert.equal(code, 0, stderr);
        assert.doesNotMatch(stderr, /\bTask\b.* --allow-/, "what Deno runs is not to be seen");
      },
    });
  }
});
