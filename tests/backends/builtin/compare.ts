/**
 * Runs graphs on the built-in kernels and on ONNX Runtime.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openBackend } from "../../../backends/mod.ts";
import { type OnnxGraph, type OnnxTensor, writeOnnx } from "../../helpers/onnx.ts";

const [builtin, runtime] = await Promise.all([
  openBackend("builtin", { threads: 2 }),
  openBackend("wasm", { threads: 1 }),
]);

/** An output. */
export interface Output {
  dims: readonly number[];
  data: Float32Array;
}

/** Outputs of both for the same inputs. */
export async function runOnBoth(
  graph: OnnxGraph,
  inputs: Record<string, OnnxTensor>,
): Promise<Record<"builtin" | "runtime", Output[]>> {
  const model = writeOnnx(graph);
  const run = async (backend: typeof builtin) => {
    const loaded = await backend.load(model);
    const feeds = Object.fromEntries(
      Object.entries(inputs).map((
        [name, { dims, values }],
      ) => [name, backend.tensor(Float32Array.from(values), dims)]),
    );
    const results = await loaded.run(feeds);
    const outputs: Output[] = [];
    for (const name of graph.outputs) {
      const { dims } = results[name]!;
      outputs.push({ dims: [...dims], data: await results[name]!.getData() as Float32Array });
    }
    await loaded.release();
    return outputs;
  };
  return { builtin: await run(builtin), runtime: await run(runtime) };
}

/**
 * Asserts that both give the same outputs.
 *
 * @param tolerance largest difference, relative to the largest value if that is above 1
 */
export async function assertSame(
  graph: OnnxGraph,
  inputs: Record<string, OnnxTensor>,
  tolerance = 1e-5,
): Promise<void> {
  const { builtin, runtime } = await runOnBoth(graph, inputs);
  const what = JSON.stringify(graph.nodes);
  for (const [at, { dims, data }] of builtin.entries()) {
    const expected = runtime[at]!;
    assert.deepEqual(dims, expected.dims, what);
    let [greatest, worst] = [1, 0];
    for (const value of expected.data) greatest = Math.max(greatest, Math.abs(value));
    for (const [index, value] of data.entries()) {
      worst = Math.max(worst, Math.abs(value - expected.data[index]!));
    }
    assert.ok(
      worst <= tolerance * greatest,
      `${what} ${graph.outputs[at]}, ${dims}: ${worst} of ${greatest}`,
    );
  }
}

/** Random numbers, always the same. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 0 ≤ x < 1 (the "mulberry32" generator). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number. */
  integer(least: number, greatest: number): number {
    return least + Math.floor(this.next() * (greatest - least + 1));
  }

  /** One of some. */
  of<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]!;
  }

  /** A tensor of numbers from -1 to 1, or between others. */
  tensor(dims: readonly number[], low = -1, high = 1): OnnxTensor {
    const count = dims.reduce((count, side) => count * side, 1);
    const values = Float32Array.from({ length: count }, () => low + (high - low) * this.next());
    return { dims, values };
  }
}
