/**
 * Each operator that is built in, against ONNX Runtime's, on random shapes.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { OnnxNode, OnnxTensor } from "../../helpers/onnx.ts";
import { assertSame, Random, runOnBoth } from "./compare.ts";

// Runtimes keep threads until the process ends.
const kept = { sanitizeOps: false, sanitizeResources: false };

/** Integers as a constant. */
function integers(...values: number[]): OnnxTensor {
  return { dims: [values.length], values, type: "int64" };
}

/** A test of a graph that is made anew, at random, some times. */
function testMany(name: string, times: number, run: (random: Random) => Promise<void>): void {
  Deno.test({
    name,
    ...kept,
    async fn() {
      for (let seed = 1; seed <= times; seed++) await run(new Random(seed));
    },
  });
}

testMany(
  "convolution: kernels, strides, dilations, groups, zeros, what follows",
  40,
  async (random) => {
    const kernel = random.of([[1, 1], [3, 3], [2, 5], [8, 8], [7, 1]] as const);
    const groups = random.of([1, 1, 2, 3]);
    const channels = groups * random.integer(1, random.of([3, 24]));
    const outputs = groups * random.integer(1, random.of([5, 20]));
    const sides = kernel.map((side) => random.integer(2 * side + 1, 2 * side + 24));
    const nodes: OnnxNode[] = [{
      operator: "Conv",
      inputs: ["x", "w", ...random.of([[], ["b"]])],
      outputs: ["conv"],
      attributes: {
        kernel_shape: kernel,
        group: groups,
        strides: random.of([[1, 1], [2, 2], [4, 3]]),
        dilations: random.of([[1, 1], [1, 1], [2, 1], [1, 2]]),
        pads: random.of([[0, 0, 0, 0], [1, 0, 2, 1]]),
      },
    }];
    const last = random.of(["conv", "relu", "clip"]);
    if (last === "relu") nodes.push({ operator: "Relu", inputs: ["conv"], outputs: ["relu"] });
    if (last === "clip") {
      nodes.push({ operator: "Clip", inputs: ["conv", "low", "high"], outputs: ["clip"] });
    }
    await assertSame({
      nodes,
      inputs: { x: [1, channels, "h", "w"] },
      outputs: [last],
      constants: {
        w: random.tensor([outputs, channels / groups, ...kernel]),
        b: random.tensor([outputs]),
        low: { dims: [], values: [-0.5] },
        high: { dims: [], values: [0.25] },
      },
    }, { x: random.tensor([1, channels, ...sides]) });
  },
);

testMany("depthwise convolution", 12, async (random) => {
  const kernel = random.of([[7, 7], [3, 3], [5, 2]] as const);
  const channels = random.integer(4, 21);
  const sides = kernel.map((side) => random.integer(2 * side, 2 * side + 20));
  await assertSame({
    nodes: [
      {
        operator: "Conv",
        inputs: ["x", "w", ...random.of([[], ["b"]])],
        outputs: ["conv"],
        attributes: {
          group: channels,
          strides: random.of([[1, 1], [2, 1]]),
          dilations: random.of([[1, 1], [1, 2]]),
          pads: random.of([[0, 0, 0, 0], [2, 3, 0, 1]]),
        },
      },
      { operator: "Relu", inputs: ["conv"], outputs: ["y"] },
    ],
    inputs: { x: [1, channels, "h", "w"] },
    outputs: ["y"],
    constants: { w: random.tensor([channels, 1, ...kernel]), b: random.tensor([channels]) },
  }, { x: random.tensor([1, channels, ...sides]) });
});

testMany("convolution of a padded picture, beside what it is added to", 20, async (random) => {
  const channels = random.of([3, 6, 16, 20]);
  const mode = random.of(["edge", "reflect", "constant"]);
  const [above, left, below, right] = [0, 0, 0, 0].map(() => random.integer(0, 3));
  const isDepthwise = random.of([true, false]) && channels >= 4;
  const rows = random.integer(4, 30);
  const columns = random.integer(4, 30);
  await assertSame({
    nodes: [
      {
        operator: "Pad",
        inputs: ["x", "sides", "outside"],
        outputs: ["padded"],
        attributes: { mode },
      },
      {
        operator: "Conv",
        inputs: ["padded", "w", "b"],
        outputs: ["conv"],
        attributes: {
          group: isDepthwise ? channels : 1,
          pads: random.of([[0, 0, 0, 0], [1, 1, 1, 1]]),
        },
      },
      { operator: "Pad", inputs: ["x", "own"], outputs: ["same"], attributes: { mode: "edge" } },
      {
        operator: "Conv",
        inputs: ["same", "u"],
        outputs: ["skip"],
        attributes: { pads: [0, 0, 0, 0] },
      },
      { operator: "Shape", inputs: ["padded"], outputs: ["shape"] },
      { operator: "Cast", inputs: ["shape"], outputs: ["sides of it"], attributes: { to: 1 } },
      { operator: "Relu", inputs: ["conv"], outputs: ["relu"] },
      { operator: "Add", inputs: ["skip", "x"], outputs: ["sum"] },
    ],
    inputs: { x: [1, channels, "h", "w"] },
    outputs: ["relu", "sum", "conv", "sides of it"],
    constants: {
      sides: integers(0, 0, above!, left!, 0, 0, below!, right!),
      own: integers(0, 0, 1, 1, 0, 0, 1, 1),
      outside: { dims: [], values: [0.75] },
      w: random.tensor([isDepthwise ? channels : 9, isDepthwise ? 1 : channels, 3, 3]),
      u: random.tensor([channels, channels, 3, 3]),
      b: random.tensor([isDepthwise ? channels : 9]),
    },
  }, { x: random.tensor([1, channels, rows, columns]) });
});

testMany("matrix products: batches, transposes, sums", 24, async (random) => {
  const [rows, length, columns] = [0, 0, 0].map(() => random.integer(1, random.of([7, 40, 300])));
  const batches = random.of([[[], []], [[3], [3]], [[3], []], [[], [2, 1]], [[2, 1], [1, 3]]]);
  const [ofLeft, ofRight] = batches as [number[], number[]];
  const isTurned = random.of([true, false]);
  const left = [...ofLeft, rows!, length!];
  const right = [...ofRight, ...isTurned ? [columns!, length!] : [length!, columns!]];
  const order = [...right.keys()];
  [order[order.length - 2], order[order.length - 1]] = [order.at(-1)!, order.at(-2)!];
  await assertSame(
    {
      nodes: [
        { operator: "Transpose", inputs: ["b"], outputs: ["turned"], attributes: { perm: order } },
        { operator: "MatMul", inputs: ["a", isTurned ? "turned" : "b"], outputs: ["product"] },
        { operator: "Add", inputs: ["product", random.of(["product", "c"])], outputs: ["sum"] },
      ],
      inputs: { a: left, b: right },
      outputs: ["sum"],
      constants: { c: random.tensor([1, columns!]) },
    },
    { a: random.tensor(left), b: random.tensor(right) },
    1e-5,
  );
});

testMany("a product that sums over many values, on all threads", 2, async (random) => {
  const count = random.integer(6000, 7000);
  await assertSame(
    {
      nodes: [
        { operator: "Transpose", inputs: ["x"], outputs: ["turned"] },
        { operator: "MatMul", inputs: ["x", "turned"], outputs: ["y"] },
      ],
      inputs: { x: [30, "n"] },
      outputs: ["y"],
    },
    { x: random.tensor([30, count]) },
    1e-5,
  );
});

testMany("arithmetic of two tensors, of shapes that go together", 24, async (random) => {
  const dims = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 9));
  if (random.next() < 0.3) dims[0] = random.integer(4000, 40000);
  const other = dims.map((side) => random.of([1, side])).slice(random.integer(0, dims.length - 1));
  const operator = random.of(["Add", "Sub", "Mul", "Div", "Max", "Min"]);
  const names = random.of([["a", "b"], ["b", "a"], ["a", "number"], ["number", "a"]]);
  await assertSame({
    nodes: [
      { operator: "Transpose", inputs: ["a"], outputs: ["turned"] },
      { operator: "Transpose", inputs: ["turned"], outputs: ["back"] },
      { operator, inputs: names, outputs: ["y"] },
      { operator, inputs: ["turned", "number"], outputs: ["z"] },
      { operator: "Relu", inputs: ["y"], outputs: ["relu"] },
    ],
    inputs: { a: dims, b: other },
    outputs: ["relu", "z", "back"],
    constants: { number: { dims: random.of([[], [1]]), values: [0.375] } },
  }, { a: random.tensor(dims, 0.5, 2), b: random.tensor(other, 0.5, 2) });
});

testMany("arithmetic of one tensor", 8, async (random) => {
  const dims = [random.integer(1, 40), random.integer(1, 3000)];
  await assertSame({
    nodes: [
      { operator: "Sqrt", inputs: ["x"], outputs: ["root"] },
      { operator: "Log", inputs: ["x"], outputs: ["log"] },
      { operator: "Neg", inputs: ["x"], outputs: ["negative"] },
      { operator: "Clip", inputs: ["negative", "", "zero"], outputs: ["clip"] },
      { operator: "Identity", inputs: ["clip"], outputs: ["same"] },
      { operator: "Relu", inputs: ["log"], outputs: ["relu"] },
    ],
    inputs: { x: dims },
    outputs: ["root", "log", "same", "relu"],
    constants: { zero: { dims: [], values: [-0.5] } },
  }, { x: random.tensor(dims, random.of([0, 1e-30, 0.9]), random.of([1.1, 50, 1e20])) });
});

testMany("sums and means over axes", 16, async (random) => {
  const dims = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 12));
  if (random.next() < 0.4) dims[dims.length - 1] = random.integer(1000, 20000);
  const axes = [...dims.keys()].filter(() => random.next() < 0.5);
  const keepdims = random.integer(0, 1);
  const shared = axes.length > 0 ? { axes } : {};
  await assertSame(
    {
      nodes: [
        { operator: "Transpose", inputs: ["x"], outputs: ["turned"] },
        {
          operator: "ReduceSum",
          inputs: ["x", ...axes.length > 0 ? ["axes"] : []],
          outputs: ["sum"],
          attributes: { keepdims },
        },
        {
          operator: "ReduceMean",
          inputs: ["turned"],
          outputs: ["mean"],
          attributes: { keepdims, ...shared },
        },
      ],
      inputs: { x: dims },
      outputs: ["sum", "mean"],
      constants: { axes: integers(...axes) },
    },
    { x: random.tensor(dims) },
    1e-4,
  );
});

testMany("bilinear resizing, by all placements of pixels", 16, async (random) => {
  const dims = [1, random.integer(1, 20), random.integer(1, 12), random.integer(1, 12)];
  const isBySize = random.of([true, false]);
  const scales = [1, 1, random.of([2, 3, 0.5, 1.5]), random.of([2, 1, 2.25])];
  const sizes = [1, dims[1]!, random.integer(1, 30), random.integer(1, 30)];
  await assertSame(
    {
      nodes: [
        {
          operator: "Resize",
          inputs: ["x", "", isBySize ? "" : "scales", ...isBySize ? ["sizes"] : []],
          outputs: ["resized"],
          attributes: {
            mode: "linear",
            coordinate_transformation_mode: random.of([
              "half_pixel",
              "pytorch_half_pixel",
              "align_corners",
              "asymmetric",
            ]),
          },
        },
        { operator: "Relu", inputs: ["resized"], outputs: ["y"] },
      ],
      inputs: { x: dims },
      outputs: ["y"],
      constants: { scales: { dims: [4], values: scales }, sizes: integers(...sizes) },
    },
    { x: random.tensor(dims) },
    1e-5,
  );
});

testMany("shapes: views, cuts, joins and blocks", 12, async (random) => {
  const block = random.of([2, 3]);
  const [channels, rows, columns] = [block ** 2 * random.integer(1, 3), 0, 0].map((side) =>
    side || random.integer(2, 14)
  ) as [number, number, number];
  const dims = [1, channels, rows, columns];
  const start = random.integer(-columns, columns - 1);
  await assertSame({
    nodes: [
      {
        operator: "DepthToSpace",
        inputs: ["x"],
        outputs: ["blocks"],
        attributes: { blocksize: block, mode: random.of(["CRD", "DCR"]) },
      },
      { operator: "Mul", inputs: ["blocks", "number"], outputs: ["scaled"] },
      {
        operator: "Transpose",
        inputs: ["x"],
        outputs: ["turned"],
        attributes: { perm: [2, 0, 3, 1] },
      },
      { operator: "Reshape", inputs: ["turned", "shape"], outputs: ["flat"] },
      {
        operator: "Slice",
        inputs: ["x", "start", "end", "axis", "step"],
        outputs: ["cut"],
      },
      {
        operator: "Concat",
        inputs: ["cut", "x", "cut"],
        outputs: ["joined"],
        attributes: { axis: 3 },
      },
      { operator: "Gather", inputs: ["x", "index"], outputs: ["row"], attributes: { axis: 2 } },
      { operator: "Unsqueeze", inputs: ["row", "two"], outputs: ["wide"] },
      { operator: "Squeeze", inputs: ["wide", "zero"], outputs: ["narrow"] },
      { operator: "Shape", inputs: ["x"], outputs: ["dims"] },
      { operator: "ConstantOfShape", inputs: ["dims"], outputs: ["zeros"] },
      { operator: "Add", inputs: ["zeros", "x"], outputs: ["copy"] },
      { operator: "Expand", inputs: ["edge", "dims"], outputs: ["wider"] },
      {
        operator: "Pad",
        inputs: ["x", "sides"],
        outputs: ["padded"],
        attributes: { mode: "reflect" },
      },
    ],
    inputs: { x: dims },
    outputs: ["scaled", "flat", "joined", "narrow", "copy", "wider", "padded"],
    constants: {
      number: { dims: [], values: [0.5] },
      shape: integers(0, -1),
      start: integers(start),
      end: integers(Number.MAX_SAFE_INTEGER),
      axis: integers(-1),
      step: integers(random.integer(1, 3)),
      index: { dims: [], values: [random.integer(-rows, rows - 1)], type: "int64" },
      two: integers(2),
      zero: integers(0),
      edge: random.tensor([channels, 1, 1]),
      sides: integers(0, 0, 1, 0, 0, 0, 1, 1),
    },
  }, { x: random.tensor(dims) });
});

Deno.test({
  name: "weights in float16 are widened exactly, infinities and least numbers, too",
  ...kept,
  async fn() {
    const values = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const { builtin, runtime } = await runOnBoth({
      nodes: [
        { operator: "Cast", inputs: ["h"], outputs: ["wide"], attributes: { to: 1 } },
        { operator: "Mul", inputs: ["wide", "x"], outputs: ["y"] },
      ],
      inputs: { x: [1] },
      outputs: ["y"],
      constants: { h: { dims: [65536], values, type: "float16" } },
    }, { x: { dims: [1], values: [1] } });
    assert.deepEqual(builtin, runtime);
  },
});

const SPECIAL = [NaN, Infinity, -Infinity, 0, 1e-40, -1e-44, 3e38, 1, -1];

Deno.test({
  name: "NaN, infinities and denormal numbers come through as with ONNX Runtime",
  ...kept,
  async fn() {
    const count = SPECIAL.length;
    const values = Array.from({ length: count * count * 8 }, (_, at) => SPECIAL[at % count]!);
    const others = values.map((_, at) => SPECIAL[Math.floor(at / count) % count]!);
    const dims = [1, 8, count, count];
    for (const operator of ["Add", "Sub", "Mul", "Div", "Relu", "Sqrt", "Log", "Clip", "Neg"]) {
      const isBinary = ["Add", "Sub", "Mul", "Div"].includes(operator);
      const { builtin, runtime } = await runOnBoth({
        nodes: [{
          operator,
          inputs: isBinary ? ["a", "b"] : operator === "Clip" ? ["a", "low", "high"] : ["a"],
          outputs: ["y"],
        }],
        inputs: { a: dims, ...isBinary ? { b: dims } : {} },
        outputs: ["y"],
        constants: { low: { dims: [], values: [-0.5] }, high: { dims: [], values: [2] } },
      }, { a: { dims, values }, ...isBinary ? { b: { dims, values: others } } : {} });
      const wrong = values.findIndex((_, at) => {
        const [is, was] = [builtin[0]!.data[at]!, runtime[0]!.data[at]!];
        return !Object.is(is, was) && !(Math.abs(is - was) <= 1e-6 * Math.abs(was));
      });
      const show = () => `${builtin[0]!.data[wrong]}, not ${runtime[0]!.data[wrong]}`;
      assert.equal(wrong, -1, `${operator} of ${values[wrong]} and ${others[wrong]}: ${show()}`);
    }
  },
});

testMany(
  "NaN reaches all that a convolution computes from it, and nothing else",
  6,
  async (random) => {
    const channels = random.of([3, 16]);
    const x = random.tensor([1, channels, 9, 11]);
    (x.values as Float32Array)[random.integer(0, x.values.length - 1)] = NaN;
    const isDepthwise = channels > 4 && random.of([true, false]);
    const { builtin, runtime } = await runOnBoth({
      nodes: [
        {
          operator: "Conv",
          inputs: ["x", "w"],
          outputs: ["conv"],
          attributes: { group: isDepthwise ? channels : 1, pads: [1, 1, 1, 1] },
        },
        { operator: "Relu", inputs: ["conv"], outputs: ["y"] },
      ],
      inputs: { x: [1, channels, 9, 11] },
      outputs: ["y"],
      constants: { w: random.tensor([channels, isDepthwise ? 1 : channels, 3, 3]) },
    }, { x });
    const isNaN = (output: { data: Float32Array }[]) => [...output[0]!.data].map(Number.isNaN);
    assert.deepEqual(isNaN(builtin), isNaN(runtime));
    assert.ok(isNaN(builtin).includes(true) && isNaN(builtin).includes(false));
  },
);
