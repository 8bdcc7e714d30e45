import type { Backend, Graph, GraphInput, Tensor } from "../../../backends/mod.ts";
import { FileError } from "../errors.ts";
import { openInput } from "../io/input.ts";
import { describePath } from "../io/paths.ts";

/** Another method's network, to be timed beside ours. */
export class BaselineModel {
  private constructor(
    private readonly backend: Backend,
    private readonly graph: Graph,
    private readonly inputs: readonly GraphInput[],
  ) {}

  /**
   * Loads an ONNX file whose inputs are a picture, [1, 3, height, width], and perhaps others of
   * fixed shapes.
   *
   * @throws {FileError} if it is no such file.
   */
  static async load(path: string, backend: Backend): Promise<BaselineModel> {
    const fail = (reason: string, cause?: unknown) =>
      new FileError(`${describePath(path)}: ${reason}`, { cause });
    using input = await openInput(path);
    const graph = await backend.load(await input.readAll()).catch((error: unknown) => {
      throw fail("The file is no ONNX graph that this backend runs", error);
    });
    const inputs: GraphInput[] = [];
    for (const input of graph.inputMetadata) {
      if (!input.isTensor || input.type !== "float32" || !(isPicture(input) || isFixed(input))) {
        throw fail(`Input "${input.name}" is neither a picture, 1×3×H×W, nor of a fixed shape`);
      }
      inputs.push(input);
    }
    return new BaselineModel(backend, graph, inputs);
  }

  /** Runs it on a picture, [3, size, size], to its result in memory. */
  async run(picture: Float32Array, size: number): Promise<void> {
    const feeds: Record<string, Tensor> = {};
    for (const input of this.inputs) {
      const sides = input.shape as number[];
      const count = sides.reduce((product, side) => product * side, 1);
      feeds[input.name] = isPicture(input)
        ? this.backend.tensor(picture, [1, 3, size, size])
        : this.backend.tensor(new Float32Array(count).fill(0.5), sides);
    }
    const results = await this.graph.run(feeds);
    for (const result of Object.values(results)) {
      await result.getData();
      result.dispose();
    }
  }
}

function isPicture({ shape = [] }: GraphInput): boolean {
  return shape.length === 4 && shape[1] === 3 && !shape.slice(2).every(isNumber);
}

function isFixed({ shape = [] }: GraphInput): boolean {
  return shape.every((side) => isNumber(side) && side > 0);
}

function isNumber(side: number | string): side is number {
  return typeof side === "number";
}
