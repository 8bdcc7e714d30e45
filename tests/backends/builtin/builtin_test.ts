import assert from "node:assert/strict";
import { openBackend, UnsupportedGraphError } from "../../../backends/mod.ts";
import { withFallback } from "../../../backends/fallback.ts";
import { assertCompiled } from "../../helpers/compiled.ts";
import { type OnnxGraph, writeOnnx } from "../../helpers/onnx.ts";

// Threads run until their graphs are released, or the process ends.
const kept = { sanitizeOps: false, sanitizeResources: false };

for (const [file, task] of [["kernels", "plain"], ["kernels_relaxed", "relaxed"]]) {
  Deno.test(`${file}.wasm is what its source compiles to`, () =>
    assertCompiled("backends/builtin/kernels", `${file}.wasm`, `compile-${task}`));
}

/** A graph of one node with an input "x" of 1×4×9×9. */
function oneNode(
  operator: string,
  attributes: NonNullable<OnnxGraph["nodes"][number]["attributes"]> = {},
  more: Partial<OnnxGraph> & { others?: string[] } = {},
): Uint8Array {
  const { others = [], ...graph } = more;
  return writeOnnx({
    nodes: [{ operator, inputs: ["x", ...others], outputs: ["y"], attributes }],
    inputs: { x: [1, 4, 9, 9] },
    outputs: ["y"],
    ...graph,
  });
}

const weights = { w: { dims: [4, 4, 3, 3], values: new Float32Array(144).fill(1) } };
const REFUSED: Record<string, [model: Uint8Array, message: RegExp]> = {
  "an operator": [oneNode("Softmax"), /^The operator Softmax is not built in$/],
  "a mode of padding": [oneNode("Pad", { mode: "wrap" }), /^Pad is of mode wrap, which is not/],
  "more axes of padding": [
    oneNode("Pad", {}, { others: ["sides", "value", "axes"] }),
    /^Pad names axes, which is not built in$/,
  ],
  "padding that it chooses itself": [
    oneNode("Conv", { auto_pad: "SAME_UPPER" }, { others: ["w"], constants: weights }),
    /^Conv pads by SAME_UPPER, which is not built in$/,
  ],
  "a convolution in one dimension": [
    oneNode("Conv", { kernel_shape: [3] }, { others: ["w"], constants: weights }),
    /^Conv has 1 dimensions, which is not built in$/,
  ],
  "a mode of resizing": [oneNode("Resize", { mode: "cubic" }), /^Resize is of mode cubic/],
  "a placement of pixels": [
    oneNode("Resize", { mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" }),
    /^Resize places pixels by tf_crop_and_resize/,
  ],
  "resizing without aliasing": [
    oneNode("Resize", { mode: "linear", antialias: 1 }),
    /^Resize has the attribute antialias/,
  ],
  "resizing within bounds": [
    oneNode("Resize", { mode: "linear", keep_aspect_ratio_policy: "not_larger" }),
    /^Resize keeps the aspect ratio/,
  ],
  "a sum of three": [oneNode("Max", {}, { others: ["x", "x"] }), /^Max has 3 inputs/],
  "a cast to text": [oneNode("Cast", { to: 8 }), /^Cast is to type 8/],
  "a part of a shape": [oneNode("Shape", { start: 1 }), /^Shape has a start or an end/],
  "a shape with zeros": [
    oneNode("Reshape", { allowzero: 1 }, { others: ["x"] }),
    /^Reshape allows zero/,
  ],
  "a constant that is no tensor": [
    writeOnnx({
      nodes: [{ operator: "Constant", inputs: [], outputs: ["y"], attributes: { value_int: 1 } }],
      inputs: {},
      outputs: ["y"],
    }),
    /^Constant is no tensor/,
  ],
  "old operators": [oneNode("Relu", {}, { version: 9 }), /^Operators of "ai.onnx", version 9, are/],
  "integers as an input": [
    oneNode("Relu", {}, { inputType: 7 }),
    /^Input "x" is of int64, which is not built in$/,
  ],
};

for (const [what, [model, message]] of Object.entries(REFUSED)) {
  Deno.test({
    name: `${what}: refused by name`,
    ...kept,
    async fn() {
      const backend = await openBackend("builtin", { threads: 1 });
      await assert.rejects(backend.load(model), (error: Error) => {
        assert.ok(error instanceof UnsupportedGraphError);
        assert.match(error.message, message);
        return true;
      });
    },
  });
}

Deno.test({
  name: "what is only seen when a graph runs is refused by name, too",
  ...kept,
  async fn() {
    const backend = await openBackend("builtin", { threads: 1 });
    const x = backend.tensor(new Float32Array(324).fill(1), [1, 4, 9, 9]);
    const cases: [Uint8Array, RegExp][] = [
      [oneNode("Mod", {}, { others: ["x"] }), /^Mod is of computed values, which is not built in$/],
      [oneNode("Reshape", {}, { others: ["x"] }), /^Reshape takes its shape from computed values/],
      [oneNode("Cast", { to: 7 }), /^Cast is to int64, which is not built in$/],
    ];
    for (const [model, message] of cases) {
      const graph = await backend.load(model);
      await assert.rejects(graph.run({ x }), { name: "UnsupportedGraphError", message });
      await graph.release();
    }
    const graph = await backend.load(oneNode("Relu"));
    await assert.rejects(graph.run({}), {
      name: "TypeError",
      message: 'The graph needs the input "x"',
    });
    await graph.release();
  },
});

Deno.test({
  name: "a file that is no model is refused",
  ...kept,
  async fn() {
    const backend = await openBackend("builtin", { threads: 1 });
    for (const bytes of [[], [255, 255, 255], [1, 2, 3, 4], oneNode("Relu").subarray(0, 40)]) {
      await assert.rejects(backend.load(Uint8Array.from(bytes)), {
        name: "BackendError",
        message: "The file is no ONNX model",
      });
    }
  },
});

Deno.test({
  name: "a graph that is not built in is left to ONNX Runtime, with a note",
  ...kept,
  async fn() {
    const notes: string[] = [];
    const backend = withFallback(
      await openBackend("builtin", { threads: 1 }),
      () => openBackend("wasm", { threads: 1 }),
      (note) => notes.push(note),
    );
    const graph = await backend.load(oneNode("Softmax", { axis: 1 }));
    assert.deepEqual(graph.inputMetadata.map(({ name }) => name), ["x"]);
    const x = backend.tensor(new Float32Array(324).fill(1), [1, 4, 9, 9]);
    const { y } = await graph.run({ x });
    assert.deepEqual(y!.dims, [1, 4, 9, 9]);
    assert.ok((await y!.getData() as Float32Array).every((value) => value === 0.25));
    assert.deepEqual(notes, [
      "The operator Softmax is not built in; ONNX Runtime takes that graph",
    ]);
    await graph.release();
  },
});

Deno.test({
  name: "a file that is no model is not left to it",
  ...kept,
  async fn() {
    const backend = withFallback(
      await openBackend("builtin", { threads: 1 }),
      () => Promise.reject(new Error("opened")),
    );
    await assert.rejects(backend.load(Uint8Array.of(1, 2)), {
      message: "The file is no ONNX model",
    });
  },
});

Deno.test({
  name: "engines without relaxed SIMD get the same, nearly",
  ...kept,
  async fn() {
    const model = oneNode("Conv", { pads: [1, 1, 1, 1] }, { others: ["w"], constants: weights });
    const values = Float32Array.from({ length: 324 }, (_, at) => Math.sin(at * at));
    const run = async () => {
      const backend = await openBackend("builtin", { threads: 1 });
      const graph = await backend.load(model);
      const { y } = await graph.run({ x: backend.tensor(values, [1, 4, 9, 9]) });
      await graph.release();
      return await y!.getData() as Float32Array;
    };
    const relaxed = await run();
    const { validate } = WebAssembly;
    WebAssembly.validate = () => false;
    try {
      for (const [at, value] of (await run()).entries()) {
        assert.ok(Math.abs(value - relaxed[at]!) < 1e-5);
      }
    } finally {
      WebAssembly.validate = validate;
    }
  },
});

Deno.test({
  name: "one thread and several give the same, to the last bit, again and again",
  ...kept,
  async fn() {
    const model = oneNode("Conv", { pads: [1, 1, 1, 1] }, { others: ["w"], constants: weights });
    const values = Float32Array.from({ length: 4 * 150 * 130 }, (_, at) => Math.sin(at * at));
    const results: Float32Array[] = [];
    for (const threads of [1, 3]) {
      const backend = await openBackend("builtin", { threads });
      const graph = await backend.load(model);
      for (let run = 0; run < 20; run++) {
        const { y } = await graph.run({ x: backend.tensor(values, [1, 4, 150, 130]) });
        results.push(await y!.getData() as Float32Array);
        await new Promise((resolve) => setTimeout(resolve, 5)); // Threads start meanwhile.
      }
      await graph.release();
    }
    for (const result of results) assert.deepEqual(result, results[0]);
  },
});
