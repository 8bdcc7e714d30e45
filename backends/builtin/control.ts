/**
 * What the threads tell each other: words at the start of the shared memory.
 *
 * @module
 */

/** Indices of the words. */
export const CONTROL = {
  /** Counted up for each program that is to be run. */
  generation: 0,
  /** Threads that wait for programs, beside the main one. */
  ready: 1,
  /** Address of the program, number of its instructions, and of the threads that run it. */
  program: 2,
  length: 3,
  threads: 4,
  /** Not 0 when threads are to end. */
  stop: 5,
  /** Two words, on a line of the cache of their own. */
  barrier: 16,
} as const;

/** Bytes of a thread's own memory, in which it keeps addresses. */
export const SCRATCH_BYTES = 65536;

/** Where a thread's own memory is. */
export function scratchAddress(thread: number): number {
  return 4096 + thread * SCRATCH_BYTES;
}

/** What the compiled kernels export. */
export interface Kernels {
  run(
    program: number,
    length: number,
    thread: number,
    threads: number,
    barrier: number,
    scratch: number,
    mayWait: number,
  ): void;
}

/** What a thread is started with. */
export interface ThreadData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
}
