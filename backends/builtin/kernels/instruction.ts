/** Bytes of an instruction: a header of three words, and the arguments of its kernel. */
export const INSTRUCTION_BYTES: usize = 192;

/** What all instructions begin with. */
@unmanaged
export class Instruction {
  /** The kernel; see `main.ts`. */
  opcode: i32;
  /** Parts that threads can do at the same time. */
  chunks: i32;
  /** The next part that nobody has taken: counted up atomically. */
  next: i32;
}

/** Where the arguments of an instruction are. */
export function argumentsOf(instruction: usize): usize {
  return instruction + 12;
}
