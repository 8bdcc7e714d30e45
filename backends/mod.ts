/**
 * The registry of backends, and the choice between them.
 *
 * @module
 */

import {
  type Availability,
  type Backend,
  BACKEND_NAMES,
  BackendError,
  type BackendModule,
  type BackendName,
  type BackendOptions,
} from "./backend.ts";

export * from "./backend.ts";

const MODULES: Record<BackendName, () => Promise<BackendModule>> = {
  webgpu: () => import("./webgpu.ts"),
  native: () => import("./native.ts"),
  wasm: () => import("./wasm.ts"),
};

/** Settings of {@linkcode openBackend}. */
export interface OpenOptions extends BackendOptions {
  /** Called where `auto` had to pass over a backend that ought to have worked. */
  onNote?: (note: string) => void;
}

/**
 * Opens a backend by name. `"auto"` takes the first that works of: WebGPU on a graphics card (not
 * on a software renderer), the native library if it is installed, WebAssembly.
 *
 * @throws {BackendError} if the backend cannot start; the message says why.
 */
export async function openBackend(
  name: BackendName | "auto" = "auto",
  { onNote, ...options }: OpenOptions = {},
): Promise<Backend> {
  if (name !== "auto") return await start(name, options);
  for (const candidate of BACKEND_NAMES.slice(0, -1)) {
    try {
      const found = await probeBackend(candidate, options);
      if (!found.available || found.fallback) continue;
      return await start(candidate, options);
    } catch (error) {
      onNote?.(`${(error as Error).message}; trying the next backend`);
    }
  }
  return await start(BACKEND_NAMES.at(-1)!, options);
}

/** Whether a backend works here, on what device, or why not. */
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
    throw new BackendError(`Backend "${name}" cannot start: ${reason}`, {
      cause: error,
    });
  }
}
