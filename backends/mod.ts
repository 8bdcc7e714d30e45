/**
 * The registry of backends, and the choice between them.
 *
 * @module
 */

import {
  type Availability,
  type Backend,
  BackendError,
  type BackendModule,
  type BackendName,
  type BackendOptions,
} from "./backend.ts";
import { withFallback } from "./fallback.ts";

export * from "./backend.ts";

const MODULES: Record<BackendName, () => Promise<BackendModule>> = {
  webgpu: () => import("./webgpu.ts"),
  native: () => import("./native.ts"),
  builtin: () => import("./builtin.ts"),
  wasm: () => import("./wasm.ts"),
};

/** What `"auto"` tries before what works everywhere. Only Deno can load native code. */
const CANDIDATES: readonly BackendName[] = typeof Deno === "undefined"
  ? ["webgpu"]
  : ["webgpu", "native"];

/** Settings of {@linkcode openBackend}. */
export interface OpenOptions extends BackendOptions {
  /** Called where `auto` had to pass over a backend that ought to have worked. */
  onNote?: (note: string) => void;
}

/**
 * Opens a backend by name. `"auto"` takes the first that works of: WebGPU on a graphics card (not
 * on a software renderer), the native library if it is installed, the built-in kernels; graphs that
 * these cannot run go to ONNX Runtime's WebAssembly.
 *
 * @throws {BackendError} if the backend cannot start; the message says why.
 */
export async function openBackend(
  name: BackendName | "auto" = "auto",
  { onNote, ...options }: OpenOptions = {},
): Promise<Backend> {
  if (name !== "auto") return await start(name, options);
  for (const candidate of CANDIDATES) {
    try {
      const found = await probeBackend(candidate, options);
      if (!found.available || found.fallback) continue;
      return await start(candidate, options);
    } catch (error) {
      onNote?.(`${(error as Error).message}; trying the next backend`);
    }
  }
  return withFallback(await start("builtin", options), () => start("wasm", options), onNote);
}

/**
 * Whether a backend works here, on what device, or why not.
 *
 * @example
 * ```ts
 * import { BACKEND_NAMES, probeBackend } from "./mod.ts";
 *
 * for (const name of BACKEND_NAMES) console.log(name, await probeBackend(name));
 * ```
 */
export async function probeBackend(
  name: BackendName,
  options: BackendOptions = {},
): Promise<Availability> {
  return await (await MODULES[name]()).probe(options);
}

async function start(
  name: BackendName,
  options: BackendOptions,
): Promise<Backend> {
  try {
    return await (await MODULES[name]()).open(options);
  } catch (error) {
    const reason = String(error instanceof Error ? error.message : error).split("\n")[0];
    throw new BackendError(`Backend "${name}" cannot start: ${reason}`, { cause: error });
  }
}
