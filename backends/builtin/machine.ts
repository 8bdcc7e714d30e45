import { readAsset } from "../../src/util/asset.ts";
import { startThread, type Thread } from "../../src/util/thread.ts";
import { BackendError } from "../backend.ts";
import { Allocator } from "./allocator.ts";
import { CONTROL, type Kernels, scratchAddress, type ThreadData } from "./control.ts";
import { Buffer, extent, type Program } from "./program.ts";

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

/**
 * Pages that the memory starts with under Deno: 2 GiB. Pages that are never touched take no memory,
 * and a memory that does not grow in the middle of the work has the same size for all threads.
 */
const PAGES = 32768;

/**
 * A module of eight bytes of code that uses an instruction of relaxed SIMD: where it is valid, the
 * engine knows them.
 */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // "\0asm", version 1
  ...[1, 5, 1, 96, 0, 1, 123], // A function type: () -> v128.
  ...[3, 2, 1, 0], // A function of that type.
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11], // i8x16.relaxed_swizzle
);

/** The kernels, their memory and the threads that run them. */
export class Machine {
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: Kernels;
  readonly #threads: Thread<never, never>[] = [];
  readonly #allocator: Allocator;
  /** Whether the thread that this is called on may sleep. */
  readonly #mayWait = typeof Deno !== "undefined" || !("document" in globalThis);

  private constructor(module: WebAssembly.Module, threads: number) {
    this.#memory = allocateMemory();
    const imports = { env: { memory: this.#memory } };
    this.#kernels = new WebAssembly.Instance(module, imports).exports as unknown as Kernels;
    this.#allocator = new Allocator(scratchAddress(threads));
    this.#ensure(scratchAddress(threads));
    const data: ThreadData = { module, memory: this.#memory };
    for (let thread = 1; thread < threads; thread++) {
      const script = new URL("./thread.ts", import.meta.url);
      this.#threads.push(startThread(script, { data, isBackground: true }));
    }
  }

  /** Starts a machine. It works before all of its threads have started, with those that have. */
  static async start(threads: number): Promise<Machine> {
    return new Machine(await loadKernels(), threads);
  }

  /** Ends the threads. */
  stop(): void {
    const { control } = this;
    Atomics.store(control, CONTROL.stop, 1);
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    for (const thread of this.#threads) thread.terminate();
  }

  /** The words of `control.ts`. */
  get control(): Int32Array {
    return new Int32Array(this.#memory.buffer, 0, 32);
  }

  /**
   * Takes memory for values.
   *
   * @throws {BackendError} if there is not so much
   */
  take(bytes: number): Buffer {
    const buffer = new Buffer(bytes, true);
    buffer.address = this.#allocator.take(extent(buffer));
    this.#ensure(buffer.address + extent(buffer));
    return buffer;
  }

  /** Gives memory back. */
  give({ address }: Buffer): void {
    this.#allocator.give(address);
  }

  /** Values in memory, at an address of bytes. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count);
  }

  /** Bytes in memory. */
  bytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, count);
  }

  /** Runs a program, on all threads. */
  run({ words, length, relocations }: Program, arena = 0): void {
    const bytes = words.byteLength;
    const buffer = this.take(bytes);
    const program = new Int32Array(this.#memory.buffer, buffer.address, words.length);
    program.set(words);
    for (const at of relocations) program[at]! += arena;
    const { control } = this;
    const threads = 1 + Atomics.load(control, CONTROL.ready);
    if (threads > 1 && length > 2) {
      control[CONTROL.program] = buffer.address;
      control[CONTROL.length] = length;
      control[CONTROL.threads] = threads;
      Atomics.add(control, CONTROL.generation, 1);
      Atomics.notify(control, CONTROL.generation);
      this.#runHere(buffer.address, length, threads);
    } else this.#runHere(buffer.address, length, 1);
    this.give(buffer);
  }

  #runHere(program: number, length: number, threads: number): void {
    const barrier = CONTROL.barrier * Int32Array.BYTES_PER_ELEMENT;
    const scratch = scratchAddress(0);
    this.#kernels.run(program, length, 0, threads, barrier, scratch, Number(this.#mayWait));
  }

  /** Grows the memory where it is too small. */
  #ensure(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new BackendError(
        "There is not the memory for a picture of this size at once: cut it into tiles",
        { cause },
      );
    }
  }
}

/** Compiled once, for all machines. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

function loadKernels(): Promise<WebAssembly.Module> {
  const name = WebAssembly.validate(RELAXED_PROBE) ? "kernels_relaxed" : "kernels";
  const url = new URL(`./kernels/${name}.wasm`, import.meta.url);
  const module = compiled.get(name) ??
    readAsset(url).then((bytes) => WebAssembly.compile(bytes));
  compiled.set(name, module);
  return module;
}

/** Memory that threads can share. */
function allocateMemory(): WebAssembly.Memory {
  const [smallest, maximum] = [16, PAGES * 2];
  // Browsers tell threads of a memory that has grown, and phones have no such space to spare.
  if (typeof Deno !== "undefined") {
    try {
      return new WebAssembly.Memory({ initial: PAGES, maximum, shared: true });
    } catch {
      // The system grants no such space: then it grows.
    }
  }
  return new WebAssembly.Memory({ initial: smallest, maximum, shared: true });
}
