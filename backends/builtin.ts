/**
 * WebAssembly on the processor, by kernels of this program's own: they are small, so they start at
 * once. They have the operators that the program's models need; ONNX Runtime, in `wasm.ts`, has all.
 *
 * @module
 */

import { BuiltinGraph } from "./builtin/graph.ts";
import { HostTensor } from "./builtin/host_tensor.ts";
import { Machine } from "./builtin/machine.ts";
import { type Backend, type BackendOptions, defaultThreads, describeThreads } from "./backend.ts";

export { probeProcessor as probe } from "./backend.ts";

/** What the memory holds with room to spare. */
const MAX_PIXELS = 12e6;

/** See {@linkcode BackendModule}. */
export async function open(
  { threads = defaultThreads() }: BackendOptions = {},
): Promise<Backend> {
  // A page that is not isolated from others cannot share memory with threads.
  const { crossOriginIsolated = true } = globalThis as { crossOriginIsolated?: boolean };
  if (!crossOriginIsolated) threads = 1;
  let machine: Promise<Machine> | undefined = Machine.start(threads);
  await machine;
  let graphs = 0;
  return {
    name: "builtin",
    device: describeThreads(threads),
    maxPixels: MAX_PIXELS,
    precision: "float32",
    tensor: (data, dims) => new HostTensor(data, dims),
    async load(model) {
      const running = await (machine ??= Machine.start(threads));
      const graph = new BuiltinGraph(running, model, () => {
        if (--graphs > 0) return;
        running.stop();
        machine = undefined;
      });
      graphs++;
      return graph;
    },
  };
}
