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
  "a cast to float16": [oneNode("Cast", { to: 10 }), /^Cast is to type 10/],
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
  "weights of 64 bits": [
    oneNode("Add", {}, {
      others: ["d"],
      constants: { d: { dims: [1], values: [1], type: "double" } },
    }),
    /^"d" is of type 11, which is not built in$/,
  ],
  "weights in a file of their own": [
    oneNode("Add", {}, {
      others: ["e"],
      constants: { e: { dims: [1], values: [], isElsewhere: true } },
    }),
    /^Weights in a file of their own are not built in$/,
  ],
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

const one = { dims: [1], values: [1], type: "int64" } as const;

/** Graphs of which only their inputs tell that they cannot run, as these are of other shapes. */
const REFUSED_AT_WORK: Record<string, [model: Uint8Array, message: RegExp, dims?: number[]]> = {
  "a remainder of computed values": [
    oneNode("Mod", {}, { others: ["x"] }),
    /^Mod is of computed values, which is not built in$/,
  ],
  "a choice by computed values": [
    oneNode("Where", {}, { others: ["x", "x"] }),
    /^Where is of computed values/,
  ],
  "a computed shape": [
    oneNode("Reshape", {}, { others: ["x"] }),
    /^Reshape takes its shape from computed values/,
  ],
  "computed integers": [oneNode("Cast", { to: 7 }), /^Cast is to int64, which is not built in$/],
  "several pictures": [
    oneNode("Conv", {}, { others: ["w"], constants: weights }),
    /^Conv is of 2 pictures/,
    [2, 4, 9, 9],
  ],
  "a volume": [
    oneNode("Conv", {}, { others: ["w"], constants: weights }),
    /^Conv has 3 dimensions/,
    [1, 4, 9, 9, 9],
  ],
  "a product of vectors": [oneNode("MatMul", {}, { others: ["x"] }), /^MatMul is of a vector/, [4]],
  "a sum over axes far apart": [
    oneNode("ReduceMean", { axes: [0, 2, 4, 6] }),
    /^ReduceMean is of many dimensions/,
    [2, 2, 2, 2, 2, 2, 2, 2],
  ],
  "a volume to resize": [
    oneNode("Resize", { mode: "linear" }, { others: ["", "w"], constants: weights }),
    /^Resize is of 3 dimensions/,
    [4, 9, 9],
  ],
  "channels to resize": [
    oneNode("Resize", { mode: "linear" }, {
      others: ["", "scales"],
      constants: { scales: { dims: [4], values: [1, 2, 2, 2] } },
    }),
    /^Resize is of more than rows and columns/,
  ],
  "padding below zero": [
    oneNode("Pad", {}, {
      others: ["sides"],
      constants: { sides: { dims: [8], values: [0, 0, -1, 0, 0, 0, 0, 0], type: "int64" } },
    }),
    /^Pad cuts, which is not built in$/,
  ],
  "a cut from the end": [
    oneNode("Slice", {}, {
      others: ["end", "start", "one", "back"],
      constants: {
        start: { dims: [1], values: [0], type: "int64" },
        end: { dims: [1], values: [3], type: "int64" },
        back: { dims: [1], values: [-1], type: "int64" },
        one,
      },
    }),
    /^Slice goes backward/,
  ],
  "several rows in no order": [
    oneNode("Gather", { axis: 2 }, {
      others: ["rows"],
      constants: { rows: { dims: [3], values: [5, 1, 2], type: "int64" } },
    }),
    /^Gather is by several indices/,
  ],
  "a copy of many dimensions": [
    writeOnnx({
      nodes: [{ operator: "Transpose", inputs: ["x"], outputs: ["y"] }],
      inputs: { x: ["n"] },
      outputs: ["y"],
    }),
    /^So many dimensions are not built in$/,
    [2, 2, 2, 2, 2, 2, 2],
  ],
  "a second output": [
    writeOnnx({
      nodes: [{ operator: "Relu", inputs: ["x"], outputs: ["y", "z"] }],
      inputs: { x: [1] },
      outputs: ["y"],
    }),
    /^Relu has more outputs than built in$/,
  ],
};

/** Runs a graph on ones of some dims, and releases it. */
async function runOnOnes(model: Uint8Array, dims: readonly number[]): Promise<void> {
  const backend = await openBackend("builtin", { threads: 1 });
  const graph = await backend.load(model);
  const count = dims.reduce((product, side) => product * side, 1);
  try {
    await graph.run({ x: backend.tensor(new Float32Array(count).fill(1), dims) });
  } finally {
    await graph.release();
  }
}

for (const [what, [model, message, dims = [1, 4, 9, 9]]] of Object.entries(REFUSED_AT_WORK)) {
  Deno.test({
    name: `${what}: refused by name when the graph runs`,
    ...kept,
    fn: () => assert.rejects(runOnOnes(model, dims), { name: "UnsupportedGraphError", message }),
  });
}

Deno.test({
  name: "a graph that contradicts itself, or its inputs, is refused",
  ...kept,
  async fn() {
    const unknown = { nodes: [], inputs: { x: [1] }, outputs: ["y"] };
    const cases: [Uint8Array, string][] = [
      [oneNode("Add", {}, { others: ["w"], constants: weights }), "do not go together"],
      [oneNode("MatMul", {}, { others: ["w"], constants: weights }), "MatMul cannot be of"],
      [oneNode("Add", {}, { others: ["z"] }), 'has no value "z", which a node reads'],
      [writeOnnx(unknown), 'has no value "y" to give out'],
    ];
    for (const [model, message] of cases) {
      await assert.rejects(runOnOnes(model, [1, 4, 9, 9]), {
        name: "BackendError",
        message: new RegExp(message),
      });
    }
    const backend = await openBackend("builtin", { threads: 1 });
    const graph = await backend.load(oneNode("Relu"));
    await assert.rejects(graph.run({}), {
      name: "TypeError",
      message: 'The graph needs the input "x"',
    });
    await graph.release();
  },
});

Deno.test({
  name: "what does not fit in memory is refused, and the next graph runs",
  ...kept,
  async fn() {
    const huge = oneNode("Expand", {}, {
      others: ["shape"],
      constants: { shape: { dims: [2], values: [40_000, 40_000], type: "int64" } },
    });
    await assert.rejects(runOnOnes(huge, [1]), {
      name: "BackendError",
      message: "There is not the memory for a picture of this size at once: cut it into tiles",
    });
    await runOnOnes(oneNode("Relu"), [1, 4, 9, 9]);
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
    const later = await backend.load(oneNode("Mod", { fmod: 1 }, { others: ["x"] }));
    const { y: zeros } = await later.run({ x });
    assert.ok((await zeros!.getData() as Float32Array).every((value) => value === 0));
    assert.equal(notes.length, 2);
    await Promise.all([graph.release(), later.release()]);
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
