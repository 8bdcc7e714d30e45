import assert from "node:assert/strict";
import { sha256 } from "../../src/util/sha256.ts";
import { copyFolder, example, linearStyle, PROJECT, temporaryFolder } from "../helpers/program.ts";
import { RUNTIME } from "../helpers/runtime.ts";

const PAIR = [example("island.jpg"), example("mosaic.jpg")];
const SMALL = ["--size", "32", "--style-size", "64", ...RUNTIME];

/** Restyles with the model in a folder. */
async function restyle(folder: string, ...args: string[]) {
  const output = `${folder}/out.png`;
  const model = ["--model", `${folder}/model`, "-o", output, "--overwrite"];
  const { code, stderr } = await linearStyle(["stylize", ...PAIR, ...SMALL, ...model, ...args]);
  return { code, stderr: stderr.replace(`${output}\n`, "") };
}

Deno.test("a model that is not the program's is named as such, once, and unless --quiet", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await copyFolder(`${PROJECT}models/default`, `${path}/model`);
  assert.deepEqual(await restyle(path), { code: 0, stderr: "" }, "a copy of ours is ours");

  // A graph of somebody else's, with the checksum that it has: here one that is not needed.
  const manifest = JSON.parse(await Deno.readTextFile(`${path}/model/model.json`));
  const graph = new TextEncoder().encode("a graph of somebody else's");
  Object.assign(manifest.files["transfer.onnx"], {
    sha256: await sha256(graph),
    bytes: graph.length,
  });
  await Deno.writeFile(`${path}/model/transfer.onnx`, graph);
  await Deno.writeTextFile(`${path}/model/model.json`, JSON.stringify(manifest));
  const { code, stderr } = await restyle(path);
  assert.equal(code, 0, stderr);
  assert.equal(
    stderr,
    `note: the model in "${path}/model" is not one of this program: ` +
      "its files are checked against its own model.json, and against nothing else\n",
  );
  assert.deepEqual(await restyle(path, "--quiet"), { code: 0, stderr: "" });
});

Deno.test("a model's file that is not as model.json has it is not loaded", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await copyFolder(`${PROJECT}models/default`, `${path}/model`);
  const file = `${path}/model/stylize.onnx`;
  const bytes = await Deno.readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(file, bytes);
  const { code, stderr } = await restyle(path);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /stylize\.onnx" is not the file that model\.json names: its checksum differs\n$/,
  );
});
