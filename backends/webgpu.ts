/**
 * The graphics processor, by way of WebGPU.
 *
 * @module
 */

import {
  type Availability,
  type Backend,
  BackendError,
  type BackendOptions,
  createBackend,
  type Precision,
} from "./backend.ts";

/** See {@linkcode BackendModule}. */
export async function probe(): Promise<Availability> {
  const adapter = await requestAdapter();
  if (adapter instanceof BackendError) return { available: false, reason: adapter.message };
  return { available: true, device: nameOf(adapter), fallback: adapter.info.isFallbackAdapter };
}

/** See {@linkcode BackendModule}. */
export async function open({ precision }: BackendOptions = {}): Promise<Backend> {
  const adapter = await requestAdapter(precision);
  if (adapter instanceof BackendError) throw adapter;
  const runtime = await loadRuntime();
  runtime.env.wasm.numThreads = 1; // This build cannot start threads outside a browser.
  runtime.env.webgpu.powerPreference = "high-performance";
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const maxPixels = Math.min(maxStorageBufferBindingSize, maxBufferSize) / TENSOR_BYTES;
  return createBackend({
    name: "webgpu",
    device: nameOf(adapter),
    maxPixels: Math.min(maxPixels, 16e6),
    runtime,
    session: { executionProviders: ["webgpu"] },
    ...(precision ? { precision } : {}),
    deviceLocation: "gpu-buffer",
  });
}

/**
 * In browsers the build that waits by the language's own means (JSPI), where there are any: two
 * thirds of the size of the one that waits by a transformation of its code.
 */
async function loadRuntime() {
  const hasJspi = typeof Deno === "undefined" && "Suspending" in WebAssembly;
  return hasJspi ? await import("onnxruntime-web/jspi") : await import("onnxruntime-web/webgpu");
}

/** Bytes of the largest tensor, the features, for each pixel of the picture; with room to spare. */
const TENSOR_BYTES = 20;

/** The adapter, or why there is none that computes so. */
async function requestAdapter(precision?: Precision): Promise<GPUAdapter | BackendError> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    return new BackendError(
      "WebGPU found no graphics adapter: install the graphics card's driver",
    );
  }
  if (precision === "float16" && !adapter.features.has("shader-f16")) {
    return new BackendError(`WebGPU has ${nameOf(adapter)}, which cannot compute in float16`, {
      code: "unsupported-precision",
    });
  }
  if (!isOpenGlInSoftware(adapter)) return adapter;
  return new BackendError(
    "WebGPU found only OpenGL in software, which takes minutes to start: install a driver for Vulkan",
  );
}

/**
 * Whether an adapter is OpenGL on the processor, as where there is no driver for Vulkan: LLVM then
 * compiles each shader for so long that it might as well hang. Of all that WebGPU runs on, OpenGL
 * alone cannot store in this format.
 */
function isOpenGlInSoftware({ info, features }: GPUAdapter): boolean {
  return info.isFallbackAdapter && !features.has("bgra8unorm-storage");
}

function nameOf({ info }: GPUAdapter): string {
  return info.description || info.device || info.vendor || "unnamed adapter";
}
