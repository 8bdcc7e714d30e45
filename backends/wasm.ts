/**
 * WebAssembly on the processor: runs everywhere, and needs no permission but reading its own files.
 *
 * @module
 */

import {
  type Backend,
  type BackendOptions,
  createBackend,
  defaultThreads,
  describeThreads,
  type Graph,
} from "./backend.ts";

export { probeProcessor as probe } from "./backend.ts";

/** See {@linkcode BackendModule}. */
export async function open(
  { threads = defaultThreads() }: BackendOptions = {},
): Promise<Backend> {
  const runtime = await import("onnxruntime-web");
  // Left to itself the runtime takes one thread outside cross-origin isolated pages. The number is
  // fixed with the first graph that is loaded.
  runtime.env.wasm.numThreads = threads;
  const backend = createBackend({
    name: "wasm",
    device: describeThreads(threads),
    maxPixels: MAX_PIXELS,
    runtime,
    session: {},
  });
  return {
    ...backend,
    async load(...graph) {
      const first = setUp === undefined;
      if (first) {
        return await (setUp = withLargeMemory(() =>
          withoutEnvironment(() => backend.load(...graph))
        ));
      }
      await setUp!.catch(() => {}); // The first caller handles a failure.
      return await backend.load(...graph);
    },
  };
}

/** What the memory below holds with room to spare: one pass takes some 110 bytes a pixel. */
const MAX_PIXELS = 12e6;

/** The first graph's loading, with which the runtime, one in a program, sets itself up. */
let setUp: Promise<Graph> | undefined;

/**
 * Pages of 64 KiB that the runtime's memory starts with: 2 GiB. Pages that are never touched take
 * no memory.
 */
const PAGES = 32768;

/**
 * Runs the set-up of the runtime with a memory that need not grow.
 *
 * The runtime starts with 16 MiB and grows in the middle of its work. Where memory accesses are
 * checked against a size kept by each thread, as under Deno, a thread can be handed data beyond the
 * size that it still believes in: it dies of an access out of bounds, and the others wait for it
 * for ever. That was seen in 4 of 100 runs on a busy machine.
 */
async function withLargeMemory<T>(setUp: () => Promise<T>): Promise<T> {
  // Browsers tell threads of a memory that has grown, and phones have no such space to spare.
  if (typeof Deno === "undefined") return await setUp();
  const { Memory } = WebAssembly;
  WebAssembly.Memory = new Proxy(Memory, {
    construct: (_, [descriptor]: [WebAssembly.MemoryDescriptor]) => allocate(descriptor, Memory),
  });
  try {
    return await setUp();
  } finally {
    WebAssembly.Memory = Memory;
  }
}

/**
 * Runs the set-up of the runtime with an environment that looks empty.
 *
 * Under Deno, the runtime's threads get a copy of the environment, for which the program would have
 * to be permitted to read all of it: on a terminal the user is asked. They have no use for it.
 */
async function withoutEnvironment<T>(setUp: () => Promise<T>): Promise<T> {
  const { env } = (globalThis as { Deno?: { env: { toObject(): Record<string, string> } } }).Deno ??
    {};
  if (!env) return await setUp();
  const { toObject } = env;
  env.toObject = () => ({});
  try {
    return await setUp();
  } finally {
    env.toObject = toObject;
  }
}

function allocate(descriptor: WebAssembly.MemoryDescriptor, Memory: typeof WebAssembly.Memory) {
  const { initial, maximum = initial, shared } = descriptor;
  if (shared && initial < PAGES && PAGES <= maximum) {
    try {
      return new Memory({ ...descriptor, initial: PAGES });
    } catch {
      // The system grants no such space: then as the runtime wants it.
    }
  }
  return new Memory(descriptor);
}
