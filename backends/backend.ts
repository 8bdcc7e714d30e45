/**
 * What a backend is: what runs ONNX graphs on one kind of device. Most are ONNX Runtime, set up for it.
 *
 * @module
 */

import { LibraryError } from "../src/util/errors.ts";
import type {
  InferenceSession,
  Tensor as RuntimeTensor,
  TensorConstructor,
} from "onnxruntime-common";

/** Names of the backends, fastest first. */
export const BACKEND_NAMES = ["webgpu", "native", "builtin", "wasm"] as const;

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

/** Values that graphs take and give, float32. */
export interface Tensor {
  readonly dims: readonly number[];
  /** Where the values are: `"cpu"` if they are in {@linkcode Tensor.data}. */
  readonly location: string;
  readonly data: unknown;
  /** The values, from wherever they are. */
  getData(): Promise<unknown>;
  /** Frees what the values take on a device. */
  dispose(): void;
}

/** An input of a graph. */
export interface GraphInput {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  /** Sides; those that are only known when it runs have names. */
  readonly shape?: readonly (number | string)[];
}

/** A graph that is loaded. */
export interface Graph {
  readonly inputMetadata: readonly GraphInput[];
  /** Runs it on tensors by name, of the same backend, and gives its outputs by name. */
  run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  /** Frees what it holds. */
  release(): Promise<void>;
}

/** What runs graphs on a device. The only state is the graphs that were loaded. */
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
  load(model: Uint8Array, options?: GraphOptions): Promise<Graph>;
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

/** A graph that a backend cannot run, as it lacks an operator or one of its settings. */
export class UnsupportedGraphError extends BackendError {
  /** `"UnsupportedGraphError"`. */
  override name = "UnsupportedGraphError";
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
  deviceLocation?: RuntimeTensor.DataLocation;
}

/** A backend over an ONNX Runtime module that is set up. */
export function createBackend(
  { runtime, session, deviceLocation, precision = "float32", ...facts }: BackendParts,
): Backend {
  return {
    ...facts,
    precision,
    tensor: (data, dims) => new runtime.Tensor("float32", data, dims),
    async load(model, { keepOnDevice = [] } = {}) {
      const preferred = deviceLocation && keepOnDevice.length > 0 && {
        preferredOutputLocation: Object.fromEntries(
          keepOnDevice.map((output) => [output, deviceLocation]),
        ),
      };
      const loaded = await runtime.InferenceSession.create(model, {
        logSeverityLevel: 3, // Errors only: warnings about single nodes are of no use to users.
        ...session,
        ...preferred,
      });
      return loaded as unknown as Graph; // Given tensors of this backend, it is one.
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

/** What `probe` finds for a backend that runs on any processor. See {@linkcode BackendModule}. */
export function probeProcessor(
  { threads = defaultThreads() }: BackendOptions = {},
): Promise<Availability> {
  return Promise.resolve({
    available: true,
    device: describeThreads(threads),
    fallback: false,
  });
}
