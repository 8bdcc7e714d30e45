/**
 * Programs for the kernels, while they are written: instructions, and the buffers that these work on.
 *
 * @module
 */

/** Numbers of the kernels, as `kernels/main.ts` has them. */
export const OPCODES = {
  barrier: 0,
  convolution: 1,
  matrixProduct: 2,
  depthwise: 3,
  copy: 4,
  binary: 5,
  unary: 6,
  reduction: 7,
  interpolation: 8,
  halves: 9,
} as const;

/** Name of a kernel. */
export type Opcode = keyof typeof OPCODES;

/** Words of an instruction, as `kernels/instruction.ts` has it. */
export const INSTRUCTION_WORDS = 48;

/** Words before the arguments. */
const HEADER_WORDS = 3;

/** Arguments that are float32; all others are integers or addresses. */
const FLOATS = new Set(["low", "high", "scale", "shift", "outside"]);

/** Memory of a tensor. */
export class Buffer {
  /** Where it is: in the program's arena, if `isFixed` is not set. */
  address = 0;
  /** The first and last instruction that uses it. */
  first = Infinity;
  last = -1;
  /** How many inputs of nodes still read it. */
  readers = 0;

  constructor(readonly bytes: number, readonly isFixed = false) {}
}

/** A place in a buffer. */
export interface Place {
  buffer: Buffer;
  /** Bytes from its start. */
  shift: number;
}

/** Arguments of a kernel, in the order of its fields. */
export type Arguments = Record<string, number | Place>;

/** A call of a kernel. */
export interface Instruction {
  opcode: Opcode;
  /** Parts that can be done at the same time. */
  chunks: number;
  args: Arguments;
  /** What is written. */
  out: Buffer;
  /** Whether others write the rest of it. */
  isPartial: boolean;
}

/** A program that can be run: words, some of which are addresses within its arena. */
export interface Program {
  words: Int32Array;
  /** Number of instructions. */
  length: number;
  /** Which words are relative to the arena. */
  relocations: number[];
  /** Bytes of the arena. */
  arenaBytes: number;
}

/** Alignment of buffers: a line of the cache. */
const ALIGNMENT = 64;

/** Bytes that kernels may read, not write, beyond a buffer's end. */
export const SLACK = 64;

/** Writes a program. */
export class ProgramBuilder {
  readonly instructions: Instruction[] = [];
  readonly #buffers: Buffer[] = [];
  /** The instruction that wrote a buffer last. */
  readonly #writers = new Map<Buffer, Instruction>();

  /** A buffer in the arena. */
  allocate(values: number): Buffer {
    const buffer = new Buffer(4 * values);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Appends an instruction. */
  emit(
    opcode: Opcode,
    chunks: number,
    out: Buffer,
    args: Arguments,
    isPartial = false,
  ): Instruction {
    const instruction = { opcode, chunks, args, out, isPartial };
    const index = this.instructions.push(instruction) - 1;
    for (const arg of Object.values(args)) {
      if (typeof arg === "object") use(arg.buffer, index);
    }
    use(out, index);
    this.#writers.set(out, instruction);
    return instruction;
  }

  /** The instruction that wrote all of a buffer, if nothing has used that since. */
  writerOf(buffer: Buffer): Instruction | undefined {
    const writer = this.#writers.get(buffer);
    if (!writer || writer.isPartial) return undefined;
    return buffer.last === this.instructions.indexOf(writer) ? writer : undefined;
  }

  /** Lets an instruction read another buffer, if that is written before it. */
  addOperand(instruction: Instruction, name: string, place: Place): boolean {
    const index = this.instructions.indexOf(instruction);
    const { buffer } = place;
    const writer = this.#writers.get(buffer);
    if (writer && this.instructions.indexOf(writer) >= index) return false;
    instruction.args[name] = place;
    use(buffer, index);
    return true;
  }

  /** Keeps a buffer to the end, whatever comes. */
  keep(buffer: Buffer): void {
    use(buffer, Infinity);
  }

  /** Marks buffers that are filled before the program runs. */
  keepFromStart(buffer: Buffer): void {
    use(buffer, 0);
  }

  /** Places the buffers, and puts the words together. */
  build(): Program {
    const arenaBytes = placeBuffers(this.#buffers.filter(({ last }) => last >= 0));
    const order: (Instruction | undefined)[] = [];
    let wasParallel = false;
    for (const instruction of this.instructions) {
      const isParallel = instruction.chunks > 1;
      // What one thread does alone, it does in order.
      if (order.length > 0 && (isParallel || wasParallel)) order.push(undefined);
      order.push(instruction);
      wasParallel = isParallel;
    }
    order.push(undefined);
    const words = new Int32Array(order.length * INSTRUCTION_WORDS);
    const floats = new Float32Array(words.buffer);
    const relocations: number[] = [];
    for (const [index, instruction] of order.entries()) {
      let at = index * INSTRUCTION_WORDS;
      words[at] = OPCODES[instruction?.opcode ?? "barrier"];
      words[at + 1] = instruction?.chunks ?? 1;
      at += HEADER_WORDS;
      for (const [name, arg] of Object.entries(instruction?.args ?? {})) {
        if (typeof arg === "object") {
          words[at] = arg.buffer.address + arg.shift;
          if (!arg.buffer.isFixed) relocations.push(at);
        } else if (FLOATS.has(name)) floats[at] = arg;
        else words[at] = arg;
        at++;
      }
    }
    return { words, length: order.length, relocations, arenaBytes };
  }
}

function use(buffer: Buffer, index: number): void {
  if (index < buffer.first) buffer.first = index;
  if (index > buffer.last) buffer.last = index;
}

/**
 * Gives each buffer an address, so that those that are needed at the same time do not overlap:
 * largest first, each as low as it can be (Pisarchyk and Lee, "Efficient Memory Management for Deep
 * Neural Net Inference", 2020: greedy by size). Returns the bytes of it all.
 */
function placeBuffers(buffers: readonly Buffer[]): number {
  const placed: Buffer[] = [];
  let total = 0;
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes)) {
    let address = 0;
    for (const other of placed) { // By address.
      if (other.last < buffer.first || buffer.last < other.first) continue;
      if (address + extent(buffer) <= other.address) break;
      address = Math.max(address, other.address + extent(other));
    }
    buffer.address = address;
    total = Math.max(total, address + extent(buffer));
    placed.push(buffer);
    placed.sort((a, b) => a.address - b.address);
  }
  return total;
}

/** Bytes that a buffer takes, with what kernels read beyond it. */
export function extent({ bytes }: { bytes: number }): number {
  return Math.ceil((bytes + SLACK) / ALIGNMENT) * ALIGNMENT;
}
