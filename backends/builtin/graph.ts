import {
  BackendError,
  type Graph,
  type GraphInput,
  type Tensor,
  UnsupportedGraphError,
} from "../backend.ts";
import { Constants } from "./constants.ts";
import type { Machine } from "./machine.ts";
import { type GraphFile, type Node, readGraph } from "./onnx_file.ts";
import { OPERATORS } from "./operators/registry.ts";
import { Planner } from "./planner.ts";
import type { Buffer, Program } from "./program.ts";
import { ELEMENT_TYPES } from "./stored_tensor.ts";
import { HostTensor } from "./host_tensor.ts";
import { denseStrides, hostValues, Value } from "./value.ts";

/** Shapes of inputs for which programs are kept. */
const KEPT_PLANS = 4;

/** What is planned for inputs of some shapes. */
interface Plan {
  program: Program;
  /** Tables, which are in memory as long as the plan is. */
  fixed: Buffer[];
  inputs: Map<string, Buffer>;
  outputs: Map<string, Value>;
}

/** A graph on the machine. */
export class BuiltinGraph implements Graph {
  readonly inputMetadata: readonly GraphInput[];
  readonly #machine: Machine;
  readonly #constants: Constants;
  /** Nodes that depend on the inputs. */
  readonly #nodes: readonly Node[];
  /** Values that do not. */
  readonly #known: ReadonlyMap<string, Value>;
  readonly #outputs: readonly string[];
  /** How many inputs of nodes read a value. */
  readonly #readers = new Map<string, number>();
  /** By shapes, the latest last. */
  readonly #plans = new Map<string, Plan>();
  readonly #onRelease: () => void;

  /**
   * Reads a model.
   *
   * @param onRelease called when the graph is released
   * @throws {BackendError} if it is no ONNX file
   * @throws {UnsupportedGraphError} if it has what is not built in
   */
  constructor(machine: Machine, model: Uint8Array, onRelease: () => void) {
    const file = readGraph(model);
    this.#machine = machine;
    this.#constants = new Constants(machine);
    this.inputMetadata = file.inputs.filter(({ name }) => !file.constants.has(name))
      .map(({ name, type, dims }) => ({
        name,
        isTensor: true,
        type: ELEMENT_TYPES[type] ?? `type ${type}`,
        shape: dims,
      }));
    for (const { name, type } of this.inputMetadata) {
      if (type !== "float32") {
        throw new UnsupportedGraphError(`Input "${name}" is of ${type}, which is not built in`);
      }
    }
    for (const node of file.nodes) checkNode(node);
    const { known, nodes } = foldConstants(file, this.#constants);
    this.#known = known;
    this.#nodes = nodes;
    this.#outputs = file.outputs.map(({ name }) => name);
    const read = [...nodes.flatMap(({ inputs }) => inputs), ...this.#outputs];
    for (const name of read) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    this.#onRelease = onRelease;
  }

  /** See {@linkcode Graph.run}. */
  // deno-lint-ignore require-await -- As the interface has it; errors are rejections.
  async run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>> {
    const machine = this.#machine;
    const plan = this.#planFor(inputs);
    const arena = machine.take(plan.program.arenaBytes);
    try {
      for (const [name, buffer] of plan.inputs) {
        const { data } = inputs[name] as HostTensor;
        machine.floats(arena.address + buffer.address, data.length).set(data);
      }
      machine.run(plan.program, arena.address);
      const results: Record<string, Tensor> = {};
      for (const [name, value] of plan.outputs) {
        results[name] = new HostTensor(this.#read(value, arena.address), value.dims);
      }
      return results;
    } finally {
      machine.give(arena);
    }
  }

  /** See {@linkcode Graph.release}. */
  release(): Promise<void> {
    for (const plan of this.#plans.values()) this.#drop(plan);
    this.#plans.clear();
    this.#constants.release();
    this.#onRelease();
    return Promise.resolve();
  }

  #read(value: Value, arena: number): Float32Array {
    if (value.isHost) return Float32Array.from(hostValues(value));
    const { buffer, shift } = value.place;
    const start = buffer.isFixed ? buffer.address : arena + buffer.address;
    return this.#machine.floats(start + shift, value.count).slice();
  }

  #planFor(inputs: Record<string, Tensor>): Plan {
    const shapes = this.inputMetadata.map(({ name }) => {
      const input = inputs[name];
      if (!input) throw new TypeError(`The graph needs the input "${name}"`);
      return `${name}: ${input.dims.join("×")}`;
    }).join();
    const plan = this.#plans.get(shapes) ?? this.#plan(inputs);
    this.#plans.delete(shapes);
    this.#plans.set(shapes, plan);
    if (this.#plans.size > KEPT_PLANS) {
      const [oldest] = this.#plans.keys();
      this.#drop(this.#plans.get(oldest!)!);
      this.#plans.delete(oldest!);
    }
    return plan;
  }

  #drop({ fixed }: Plan): void {
    for (const buffer of fixed) this.#machine.give(buffer);
  }

  #plan(given: Record<string, Tensor>): Plan {
    const planner = new Planner(this.#constants);
    const { builder } = planner;
    const values = new Map(this.#known);
    const inputs = new Map<string, Buffer>();
    for (const { name } of this.inputMetadata) {
      const { dims } = given[name]!;
      const buffer = builder.allocate(dims.reduce((count, side) => count * side, 1));
      builder.keepFromStart(buffer);
      buffer.readers = this.#readers.get(name) ?? 0;
      inputs.set(name, buffer);
      values.set(name, new Value("float32", dims, denseStrides(dims), 0, buffer));
    }
    for (const node of this.#nodes) planNode(node, planner, values, this.#readers);
    const outputs = new Map<string, Value>();
    for (const name of this.#outputs) {
      const value = values.get(name);
      if (!value) throw new BackendError(`The graph has no value "${name}" to give out`);
      const dense = value.isHost ? value : planner.settleDense(value);
      if (!dense.isHost) builder.keep(dense.buffer);
      outputs.set(name, dense);
    }
    return { ...planner.build(), inputs, outputs };
  }
}

function checkNode(node: Node): void {
  const operator = OPERATORS[node.operator];
  if (!operator) {
    throw new UnsupportedGraphError(`The operator ${node.operator} is not built in`);
  }
  operator.check?.(node);
}

/** Plans a node, and adds its results to the values. */
function planNode(
  node: Node,
  planner: Planner,
  values: Map<string, Value>,
  readers: ReadonlyMap<string, number>,
): void {
  const { takesPadding, plan } = OPERATORS[node.operator]!;
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = values.get(name);
    if (!value) throw new BackendError(`The graph has no value "${name}", which a node reads`);
    if (!value.isHost) value.buffer.readers--;
    return takesPadding || !value.padding ? value : planner.settle(value);
  });
  const results = plan(node, inputs, planner);
  for (const [at, name] of node.outputs.entries()) {
    const value = results[at];
    if (!value) throw new UnsupportedGraphError(`${node.operator} has more outputs than built in`);
    if (!value.isHost) value.buffer.readers += readers.get(name) ?? 0;
    values.set(name, value);
  }
}

/** Computes, once, what does not depend on inputs; returns the other nodes. */
function foldConstants(
  file: GraphFile,
  constants: Constants,
): { known: Map<string, Value>; nodes: Node[] } {
  const known = new Map(file.constants);
  const nodes: Node[] = [];
  const planner = new Planner(constants);
  for (const node of file.nodes) {
    const isKnown = node.inputs.every((name) => name === "" || known.has(name));
    if (isKnown && !OPERATORS[node.operator]!.isForKernels) {
      planNode(node, planner, known, new Map());
    } else nodes.push(node);
  }
  return { known, nodes };
}
