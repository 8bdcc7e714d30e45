import assert from "node:assert/strict";
import { writeOnnx } from "../helpers/onnx.ts";
import { example, linearStyle, temporaryFolder, text } from "../helpers/program.ts";

const BENCH = ["bench", "--sizes", "64", "--runs", "1", "--backends", "builtin"];

Deno.test("bench measures a backend, and another network beside ours", async () => {
  await using folder = await temporaryFolder();
  const other = `${folder.path}/other.onnx`;
  const dimmed = { operator: "Mul", inputs: ["picture", "code"], outputs: ["dimmed"] };
  const inputs = { picture: [1, 3, "height", "width"], code: [1, 3, 1, 1] };
  await Deno.writeFile(other, writeOnnx({ nodes: [dimmed], inputs, outputs: ["dimmed"] }));
  const { code, stdout, stderr } = await linearStyle([...BENCH, "--against", other, "--json"]);
  assert.equal(code, 0, stderr);
  const [row, ...more] = JSON.parse(text(stdout));
  assert.deepEqual(more, []);
  const { backend, size, encodeStyle, stylize, process, against } = row;
  assert.deepEqual({ backend, size }, { backend: "builtin", size: 64 });
  for (const time of [encodeStyle, stylize, against.own, against.other]) assert.ok(time > 0);
  assert.ok(process > stylize, "a whole process takes longer than what it does");
  assert.ok(Math.abs(against.ratio - against.own / against.other) < 1e-9);
});

Deno.test("bench says what it cannot measure", async () => {
  const wrong = await linearStyle([...BENCH, "--against", example("island.jpg")]);
  assert.equal(wrong.code, 1);
  assert.match(
    wrong.stderr,
    /^error: "[^"]+island\.jpg": The file is no ONNX graph that [^\n]+\n$/,
  );
  const unknown = await linearStyle(["bench", "--backends", "cuda"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Allowed choices are webgpu, native, builtin, wasm/);
});
