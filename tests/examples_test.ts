import assert from "node:assert/strict";
import { decodeImage } from "../src/mod.ts";
import { shrinkExamples } from "./helpers/pictures.ts";
import { copyProject, list, PROJECT, spawn, temporaryFolder } from "./helpers/program.ts";
import { installFastest } from "./helpers/runtime.ts";

const scripts = list(`${PROJECT}examples`).filter((name) => name.endsWith(".sh"));

Deno.test("the pipelines in examples/ run as they stand", async (t) => {
  await using folder = await temporaryFolder();
  await copyProject(folder.path);
  await installFastest(folder.path);
  await shrinkExamples(folder.path, 192);
  for (const name of scripts) {
    await t.step(name, async () => {
      const { code, stderr } = await spawn(`${folder.path}/examples/${name}`, [], { cwd: "/" });
      assert.equal(code, 0, stderr);
    });
  }
  await t.step("and leave pictures", async () => {
    const out = `${folder.path}/examples/out`;
    const pictures = list(out).filter((name) => /\.(png|jpg)$/.test(name));
    assert.ok(pictures.length >= 8, pictures.join());
    for (const name of pictures) {
      const { width } = await decodeImage(await Deno.readFile(`${out}/${name}`));
      assert.ok(width >= 256, name);
    }
  });
});
