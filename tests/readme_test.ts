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

Deno.test("the README's two commands are a restyling and the tests", () => {
  const [restyle, test] = commands as [string, string];
  assert.match(restyle, /^npx --yes deno@[\d.]+ run -q stylize /);
  assert.match(test, TESTS);
});

Deno.test("every command in the README works as it stands, in its order", async (t) => {
  await using folder = await temporaryFolder();
  await copyProject(folder.path);
  const root = `${folder.path}/installed`;
  const env = { PATH: `${root}/bin:${Deno.env.get("PATH")}`, DENO_INSTALL_ROOT: root };
  for (const [index, command] of commands.filter((command) => !TESTS.test(command)).entries()) {
    // The first runs on what a clone holds.
    if (index === 1) {
      await installFastest(folder.path);
      await shrinkExamples(folder.path, 128);
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
