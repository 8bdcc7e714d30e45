import assert from "node:assert/strict";
import { sha256 } from "../../src/util/sha256.ts";
import { GRAPH_NAMES, ModelError, parseManifest } from "../../src/model/manifest.ts";

const FOLDER = new URL("../../models/default/", import.meta.url);
const text = await Deno.readTextFile(new URL("model.json", FOLDER));

Deno.test("the default model's files are those that model.json names", async () => {
  const { files, graphs } = parseManifest(text, "model.json");
  for (const [name, { bytes, sha256: expected }] of Object.entries(files)) {
    const content = await Deno.readFile(new URL(name, FOLDER));
    assert.equal(content.length, bytes);
    assert.equal(await sha256(content), expected);
  }
  assert.deepEqual(
    new Set(GRAPH_NAMES.flatMap((name) => graphs[name])),
    new Set(Object.keys(files)),
  );
});

Deno.test("the default model's files are under 4 MB in all", () => {
  const { files } = parseManifest(text, "model.json");
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(total < 4_000_000, `${total} bytes`);
});

Deno.test("parseManifest() names the field that is wrong", () => {
  const wrong: [(manifest: Record<string, unknown>) => void, RegExp][] = [
    [(manifest) => delete manifest.stride, /stride/],
    [(manifest) => manifest.channels = -1, /channels/],
    [
      (manifest) => manifest.format = 2,
      /format: must be 3: models of formats 1 and 2 are of earlier versions/,
    ],
    [(manifest) => manifest.seedChannels = 16, /seedChannels/],
    [(manifest) => manifest.levelWeights = [1], /levelWeights/],
    [(manifest) => manifest.graphs = {}, /graphs\.encoder/],
    [(manifest) => {
      (manifest.graphs as Record<string, string[]>).decoder = ["../../secret.onnx"];
    }, /graphs\.decoder\.0/],
    [(manifest) => {
      (manifest.graphs as Record<string, string[]>).decoder!.push("other.onnx");
    }, /"other\.onnx" of decoder/],
  ];
  for (const [change, expected] of wrong) {
    const manifest = JSON.parse(text);
    change(manifest);
    const parse = () => parseManifest(JSON.stringify(manifest), "m/model.json");
    assert.throws(
      parse,
      (error: Error) => error instanceof ModelError && expected.test(error.message),
    );
  }
  assert.throws(() => parseManifest("{", "m/model.json"), /"m\/model\.json" is not JSON/);
});
