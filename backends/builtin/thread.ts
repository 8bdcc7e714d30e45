/**
 * A thread beside the main one: runs its share of each program.
 *
 * @module
 */

import { serve } from "../../src/util/thread.ts";
import { CONTROL, type Kernels, scratchAddress, type ThreadData } from "./control.ts";

serve<never, never>((data) => {
  work(data as ThreadData);
  return () => {};
});

function work({ module, memory }: ThreadData): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { run } = exports as unknown as Kernels;
  const control = new Int32Array(memory.buffer, 0, 32);
  const barrier = CONTROL.barrier * control.BYTES_PER_ELEMENT;
  let generation = Atomics.load(control, CONTROL.generation);
  const thread = Atomics.add(control, CONTROL.ready, 1) + 1;
  const scratch = scratchAddress(thread);
  while (true) {
    Atomics.wait(control, CONTROL.generation, generation);
    const next = Atomics.load(control, CONTROL.generation);
    if (next === generation) continue;
    generation = next;
    if (Atomics.load(control, CONTROL.stop)) return;
    const threads = control[CONTROL.threads]!;
    // One that came after the program had begun waits for the next.
    if (thread >= threads) continue;
    const [program, length] = [control[CONTROL.program]!, control[CONTROL.length]!];
    run(program, length, thread, threads, barrier, scratch, 1);
  }
}
