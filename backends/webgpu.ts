/**
 * The graphics processor, by way of WebGPU.
 *
 * @module
 */

import { type Availability, type Backend, BackendError, createBackend } from "./backend.ts";

/** See {@linkcode BackendModule}. */
export async function probe(): Promise<Availability> {
  if (!navigator.gpu) {
    return {
      available: false,
      reason: "This runtime has no WebGPU (navigator.gpu)",
    };
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await navigator.gpu.requestAdapter({
      powerPreference: "high-performance",
    });
  } catch (error) {
    return {
      available: false,
      reason: `WebGPU has no adapter: ${firstLine(error)}`,
    };
  }
  if (!adapter) {
    return {
      available: false,
      reason: "WebGPU found no graphics adapter: install the driver of the graphics card",
    };
  }
  const { description, device, vendor, isFallbackAdapter } = adapter.info;
  return {
    available: true,
    device: description || device || vendor || "unnamed adapter",
    fallback: isFallbackAdapter,
  };
}

/** See {@linkcode BackendModule}. */
export async function open(): Promise<Backend> {
  const found = await probe();
  if (!found.available) throw new BackendError(found.reason);
  const runtime = await import("onnxruntime-web/webgpu");
  runtime.env.wasm.numThreads = 1; // This build cannot start threads outside a browser.
  runtime.env.webgpu.powerPreference = "high-performance";
  return createBackend("webgpu", found.device, runtime, {
    executionProviders: ["webgpu"],
  });
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0]!;
}
