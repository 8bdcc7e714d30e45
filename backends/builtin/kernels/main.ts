/**
 * The kernels of the built-in backend, in AssemblyScript: TypeScript that compiles to WebAssembly,
 * which has instructions for four values at once. `deno task compile` in this folder makes
 * `kernels.wasm` of it, and `kernels_relaxed.wasm` for engines with relaxed SIMD.
 *
 * All threads run the same program, in the same memory. An instruction is cut into chunks, which
 * threads take as they come; between two instructions they wait for each other.
 *
 * @module
 */

import { meet } from "./barrier.ts";
import { combineValues } from "./binary.ts";
import { convolve } from "./convolution.ts";
import { copyValues } from "./copy.ts";
import { convolveDepthwise } from "./depthwise.ts";
import { widenHalves } from "./half.ts";
import { argumentsOf, Instruction, INSTRUCTION_BYTES } from "./instruction.ts";
import { interpolate } from "./interpolation.ts";
import { multiplyMatrices } from "./matrix_product.ts";
import { sumValues } from "./reduction.ts";
import { mapValues } from "./unary.ts";

/** Numbers of the kernels, as `../instructions.ts` has them. */
const BARRIER: i32 = 0;
const CONVOLUTION: i32 = 1;
const MATRIX_PRODUCT: i32 = 2;
const DEPTHWISE: i32 = 3;
const COPY: i32 = 4;
const BINARY: i32 = 5;
const UNARY: i32 = 6;
const REDUCTION: i32 = 7;
const INTERPOLATION: i32 = 8;

/**
 * Runs a program: the same call on each of its threads.
 *
 * @param program address of the first instruction
 * @param length number of instructions
 * @param thread number of this thread, from 0
 * @param threads how many run the program
 * @param barrier address of two words, at first 0
 * @param scratch address of memory for this thread alone
 * @param mayWait whether this thread may sleep
 */
export function run(
  program: usize,
  length: i32,
  thread: i32,
  threads: i32,
  barrier: usize,
  scratch: usize,
  mayWait: bool,
): void {
  const end = program + <usize> length * INSTRUCTION_BYTES;
  for (let at = program; at < end; at += INSTRUCTION_BYTES) {
    const instruction = changetype<Instruction>(at);
    const opcode = instruction.opcode;
    const chunks = instruction.chunks;
    if (opcode === BARRIER) meet(barrier, threads, mayWait);
    else if (chunks === 1) {
      if (thread === 0) compute(opcode, argumentsOf(at), 0, scratch);
    } else {
      const next = at + offsetof<Instruction>("next");
      let chunk = atomic.add<i32>(next, 1);
      while (chunk < chunks) {
        compute(opcode, argumentsOf(at), chunk, scratch);
        chunk = atomic.add<i32>(next, 1);
      }
    }
  }
}

function compute(opcode: i32, args: usize, chunk: i32, scratch: usize): void {
  if (opcode === CONVOLUTION) convolve(args, chunk, scratch);
  else if (opcode === MATRIX_PRODUCT) multiplyMatrices(args, chunk, scratch);
  else if (opcode === DEPTHWISE) convolveDepthwise(args, chunk, scratch);
  else if (opcode === COPY) copyValues(args, chunk, scratch);
  else if (opcode === BINARY) combineValues(args, chunk, scratch);
  else if (opcode === UNARY) mapValues(args, chunk, scratch);
  else if (opcode === REDUCTION) sumValues(args, chunk, scratch);
  else if (opcode === INTERPOLATION) interpolate(args, chunk, scratch);
  else widenHalves(args, chunk, scratch);
}
