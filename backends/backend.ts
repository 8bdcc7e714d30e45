/**
 * What a backend is: ONNX Runtime, set up for one kind of device.
 *
 * @module
 */

import { LibraryError } from "../src/util/errors.ts";
import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";

export type { InferenceSession, Tensor };

/** Names of the backends, fastest first. */
export const BACKEND_NAMES = ["webgpu", "native", "wasm"] as const;

/** One of {@linkcode BACKEND_NAMES}. */
export type BackendName = typeof BACKEND_NAMES[number];

/** Arithmetic of encoder and decoder. */
export const PRECISIONS = ["float32", "float16"] as const;

/** One of {@linkcode PRECISIONS}. */
export type Precision = typeof PRECISIONS[number];

/** Settings of a backend. */
export interface BackendOptions {
  /** Processor threads, 1 or more. Default: as many as the machine has. */
  threads?: number;
  /** Arithmetic on a graphics card; processors compute in float32. Default: `"float32"`. */
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

/** ONNX Runtime on a device. The only state is the graphs that were loaded. */
export interface Backend {
  readonly name: BackendName;
  /** What it runs on, in words: `"2 threads"`, `"NVIDIA GeForce RTX 4070"`. */
  readonly device: string;
  /** Pixels of the largest picture that can be stylized at once. */
  readonly maxPixels: number;
  /** Which graphs to load, where a model has them in several precisions. */
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
  /**
   * Starts the backend.
   *
   * @throws {BackendError} if the backend cannot start here
   */
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

/** What a backend is made of: see {@linkcode createBackend}. */
export interface BackendParts extends Omit<Backend, "precision" | "tensor" | "load"> {
  /** ONNX Runtime's module, set up. */
  runtime: Runtime;
  /** Settings of every session. */
  session: InferenceSession.SessionOptions;
  /** Default: `"float32"`. */
  precision?: Precision;
  /** Where outputs stay that {@linkcode GraphOptions.keepOnDevice} names. Default: on the processor. */
  deviceLocation?: Tensor.DataLocation;
}

/** A backend over an ONNX Runtime module that is set up. */
export function createBackend(
  { runtime, session, deviceLocation, precision = "float32", ...facts }: BackendParts,
): Backend {
  return {
    ...facts,
    precision,
    tensor: (data, dims) => new runtime.Tensor("float32", data, dims),
    load(model, { keepOnDevice = [] } = {}) {
      const preferred = deviceLocation && keepOnDevice.length > 0 && {
        preferredOutputLocation: Object.fromEntries(
          keepOnDevice.map((output) => [output, deviceLocation]),
        ),
      };
      return runtime.InferenceSession.create(model, {
        logSeverityLevel: 3, // Errors only: warnings about single nodes are of no use to users.
        ...session,
        ...preferred,
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
