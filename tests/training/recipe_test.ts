import assert from "node:assert/strict";
import { decodeImage } from "../../src/mod.ts";
import { example, linearStyle, PROJECT, spawn, temporaryFolder } from "../helpers/program.ts";
import { missing } from "../helpers/requirements.ts";
import { RUNTIME } from "../helpers/runtime.ts";

const RECIPE = `${PROJECT}models/training`;

/** Exits with 1 where a package that the recipe needs is missing. */
const FIND = `
from importlib.util import find_spec
exit(not all(map(find_spec, ("numpy", "onnx", "onnxruntime", "PIL", "safetensors", "torch"))))`;
const hasPyTorch = await spawn("python3", ["-c", FIND])
  .then(({ code }) => code === 0, () => false);

/** Runs a program of Python to its end. */
async function python(script: string, ...args: string[]): Promise<void> {
  // Threads that share operations as small as these wait for one another instead.
  const env = { OMP_NUM_THREADS: "1" };
  const { code, stderr } = await spawn("python3", [script, ...args], { env });
  assert.equal(code, 0, stderr);
}

/** The recipe's own configuration, cut down to one stage of pictures as small as can be. */
async function smallConfiguration(): Promise<string> {
  const text = await Deno.readTextFile(`${RECIPE}/configurations/default.json`);
  const configuration = JSON.parse(text);
  // deno-lint-ignore camelcase -- The configuration's name.
  const stage = { ...configuration.stages[0], crop: 64, style_crop: 64, pairs: 2 };
  return JSON.stringify({ ...configuration, stages: [stage] });
}

Deno.test({
  name: hasPyTorch
    ? "the programs that train and export make a model that restyles a picture"
    : "the programs that train and export make a model that restyles a picture (PyTorch is missing)",
  ignore: missing(hasPyTorch),
  async fn() {
    await using folder = await temporaryFolder({
      "contents/island.jpg": "island.jpg",
      "styles/mosaic.jpg": "mosaic.jpg",
      "styles/strokes.jpg": "strokes.jpg",
      "styles/woodcut.jpg": "woodcut.jpg",
    });
    const cwd = folder.path;
    await Deno.mkdir(`${cwd}/teachers`);
    await python(`${PROJECT}tests/training/draw_loss_networks.py`, `${cwd}/teachers`);
    await Deno.writeTextFile(`${cwd}/small.json`, await smallConfiguration());
    await python(
      `${RECIPE}/train.py`,
      ...["--content", `${cwd}/contents`, "--style", `${cwd}/styles`],
      ...["--teachers", `${cwd}/teachers`, "--config", `${cwd}/small.json`],
      ...["--out", `${cwd}/run`, "--steps", "4", "--device", "cpu"],
    );
    await python(
      `${RECIPE}/refine_grounds.py`,
      ...[`${cwd}/run`, "--content", `${cwd}/contents`, "--style", `${cwd}/styles`],
      ...["--out", `${cwd}/refined`, "--steps", "2", "--workers", "1"],
    );
    const few = [
      ...["--content", `${cwd}/contents`, "--style", `${cwd}/styles`],
      ...["--teachers", `${cwd}/teachers`, "--steps", "2", "--workers", "1", "--crop", "64"],
    ];
    await python(
      `${RECIPE}/fine_tune.py`,
      ...[`${cwd}/refined`, "--out", `${cwd}/tuned`, "--toward", `${cwd}/run`, ...few],
    );
    await python(
      `${RECIPE}/fine_tune.py`,
      ...[`${cwd}/tuned`, "--out", `${cwd}/tuned_more`, "--one-pass", ...few],
    );
    const named = ["--name", "drawn", "--version", "0.0.1", "--mix", `${cwd}/run:-1`];
    await python(`${RECIPE}/export.py`, `${cwd}/tuned_more`, `${cwd}/model`, ...named);
    const output = `${cwd}/out.png`;
    const { code, stderr } = await linearStyle([
      ...["stylize", example("island.jpg"), example("mosaic.jpg"), "--model", `${cwd}/model`],
      ...["--size", "64", "--style-size", "64", "-o", output, ...RUNTIME],
    ]);
    assert.equal(code, 0, stderr);
    const { width, height, data } = await decodeImage(await Deno.readFile(output));
    assert.deepEqual([width, height], [96, 64]);
    assert.ok(new Set(data).size > 5, "a picture, and no flat ground");
  },
});
