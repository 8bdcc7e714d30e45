import { type Backend, type Graph, UnsupportedGraphError } from "./backend.ts";

/**
 * A backend that leaves graphs that it cannot run to another one. Its tensors are in the program's own
 * memory.
 *
 * @param openOther opens the other, when it is first needed
 * @param onNote told why
 */
export function withFallback(
  backend: Backend,
  openOther: () => Promise<Backend>,
  onNote?: (note: string) => void,
): Backend {
  let other: Promise<Backend> | undefined;
  return {
    ...backend,
    async load(...model) {
      const loadElsewhere = async (error: unknown) => {
        if (!(error instanceof UnsupportedGraphError)) throw error;
        onNote?.(`${error.message}; ONNX Runtime takes that graph`);
        const opened = await (other ??= openOther());
        return withTensorsOf(opened, await opened.load(...model));
      };
      try {
        return new GraphWithFallback(await backend.load(...model), loadElsewhere);
      } catch (error) {
        return await loadElsewhere(error);
      }
    },
  };
}

/** A graph of which it may turn out, when it runs, that it has to be loaded elsewhere. */
class GraphWithFallback implements Graph {
  readonly inputMetadata: Graph["inputMetadata"];

  constructor(private graph: Graph, private loadElsewhere: (error: unknown) => Promise<Graph>) {
    this.inputMetadata = graph.inputMetadata;
  }

  async run(inputs: Parameters<Graph["run"]>[0]): ReturnType<Graph["run"]> {
    const { graph } = this;
    try {
      return await graph.run(inputs);
    } catch (error) {
      this.graph = await this.loadElsewhere(error);
      await graph.release();
      return await this.graph.run(inputs);
    }
  }

  release(): Promise<void> {
    return this.graph.release();
  }
}

/** A graph that takes tensors of another backend that keeps them in the program's own memory. */
function withTensorsOf({ tensor }: Backend, graph: Graph): Graph {
  return {
    inputMetadata: graph.inputMetadata,
    release: () => graph.release(),
    run(inputs) {
      const own = Object.entries(inputs).map(([name, { data, dims }]) =>
        [name, tensor(data as Float32Array, dims)] as const
      );
      return graph.run(Object.fromEntries(own));
    },
  };
}
