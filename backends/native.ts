/**
 * ONNX Runtime's own library on the processor: some four times as fast as WebAssembly. Optional:
 * `deno task install-native` fetches it into `backends/onnxruntime-node`, the one folder whose
 * native code the tasks may load.
 *
 * @module
 */

import {
  type Availability,
  type Backend,
  BackendError,
  type BackendOptions,
  createBackend,
  defaultThreads,
  describeThreads,
  type Runtime,
} from "./backend.ts";

/** Some 3 GB. */
const MAX_PIXELS = 24e6;

const FOLDER = new URL("./onnxruntime-node/", import.meta.url);
const INSTALLED = new URL("node_modules/onnxruntime-node/package.json", FOLDER);

/** See {@linkcode BackendModule}. */
export async function probe(
  { threads = defaultThreads() }: BackendOptions = {},
): Promise<Availability> {
  if (typeof Deno === "undefined") {
    return { available: false, reason: "The native library needs Deno" };
  }
  if (FOLDER.protocol !== "file:" || !await exists(INSTALLED)) {
    return {
      available: false,
      reason: "onnxruntime-node is not installed: run `deno task install-native`",
    };
  }
  const permission = await Deno.permissions.query({
    name: "ffi",
    path: FOLDER,
  });
  if (permission.state !== "granted") {
    return {
      available: false,
      reason: "No permission to load native code: add --allow-ffi=backends/onnxruntime-node",
    };
  }
  return { available: true, device: describeThreads(threads), fallback: false };
}

/** See {@linkcode BackendModule}. */
export async function open(
  { threads = defaultThreads() }: BackendOptions = {},
): Promise<Backend> {
  const found = await probe({ threads });
  if (!found.available) throw new BackendError(found.reason);
  // Not an import: those are resolved, and fetched, with the program's own packages.
  const { createRequire } = await import("node:module");
  const runtime: Runtime = createRequire(INSTALLED)("onnxruntime-node");
  return createBackend({
    name: "native",
    device: found.device,
    maxPixels: MAX_PIXELS,
    runtime,
    session: {
      intraOpNumThreads: threads,
      // Each graph has threads of its own, which would otherwise spin while other graphs run.
      extra: { session: { force_spinning_stop: "1" } },
    },
  });
}

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch {
    return false;
  }
}
