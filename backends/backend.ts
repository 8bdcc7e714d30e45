/**
 * What a backend is: ONNX Runtime, set up for one kind of device.
 *
 * @module
 */

import { LibraryError } from "../src/util/errors.ts";
import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";

export type { InferenceSession, Tensor };

/** Names of the backends, as `--backend` takes them. */
export const BACKEND_NAMES = ["webgpu", "native", "wasm"] as const;

/** One of {@linkcode BACKEND_NAMES}. */
export type BackendName = typeof BACKEND_NAMES[number];

/** Arithmetic of encoder and decoder, as `--precision` takes it. */
export const PRECISIONS = ["float32", "float16"] as const;

/** One of {@linkcode PRECISIONS}. */
export type Precision = typeof PRECISIONS[number];

/** Settings of a backend. */
export interface BackendOptions {
  /** Processor threads, 1 or more. Default: as many as the machine has. Of no effect on `webgpu`. */
  threads?: number;
  /** Of effect on `webgpu` alone. Default: `"float32"`. */
  precision?: Precision;
}

/** Settings of a graph. */
export interface GraphOptions {
  /**
   * Outputs that only another graph of this backend reads: they stay where they are computed.
   * Such tensors have no `data`; dispose them.
   */
  keepOnDevice?: string[];
}

/** ONNX Runtime on a device: it holds no state but the graphs it has loaded. */
export interface Backend {
  readonly name: BackendName;
  /** What it runs on, in words: `"2 threads"`, `"NVIDIA GeForce RTX 4070"`. */
  readonly device: string;
  /** Pixels of the largest picture that it can restyle at once. */
  readonly maxPixels: number;
  /** Which graphs it is to be given, where a model has them in several. */
  readonly precision: Precision;
  /** Makes a tensor on the processor's side; graphs take it as it is. */
  tensor(data: Float32Array, dims: readonly number[]): Tensor;
  /** Loads an ONNX model from its bytes. */
  load(model: Uint8Array, options?: GraphOptions): Promise<InferenceSession>;
}

/** Whether a backend can be opened here, and if not, why and what would help, in one line. */
export type Availability =
  | { available: true; device: string; fallback: boolean }
  | { available: false; reason: string };

/** What the file of a backend exports. */
export interface BackendModule {
  /** Finds out, without loading a runtime, whether {@linkcode open} can work. */
  probe(options?: BackendOptions): Promise<Availability>;
  /** @throws {BackendError} if the backend cannot start here. */
  open(options?: BackendOptions): Promise<Backend>;
}

/** A backend that cannot start, or a graph that it cannot run. */
export class BackendError extends LibraryError {
  /** `"BackendError"`. */
  override name = "BackendError";
}

/** The parts of ONNX Runtime's module that all its builds share. */
export interface Runtime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: InferenceSession.SessionOptions,
    ): Promise<InferenceSession>;
  };
  Tensor: TensorConstructor;
}

/** A backend over an ONNX Runtime module that is set up. */
export function createBackend(
  name: BackendName,
  device: string,
  maxPixels: number,
  runtime: Runtime,
  session: InferenceSession.SessionOptions,
  precision: Precision = "float32",
): Backend {
  return {
    name,
    device,
    maxPixels,
    precision,
    tensor: (data, dims) => new runtime.Tensor("float32", data, dims),
    load(model, options = {}) {
      const kept = options.keepOnDevice ?? [];
      const location = Object.fromEntries(kept.map((output) => [output, "gpu-buffer" as const]));
      return runtime.InferenceSession.create(model, {
        // Warnings about single nodes are of no use to those who restyle a photo.
        logSeverityLevel: 3,
        ...session,
        ...(name === "webgpu" && kept.length > 0 ? { preferredOutputLocation: location } : {}),
      });
    },
  };
}

/** Threads to use where none are asked for. */
export function defaultThreads(): number {
  return Math.max(1, navigator.hardwareConcurrency ?? 1);
}

/** `"1 thread"`, `"4 threads"`. */
export function describeThreads(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
