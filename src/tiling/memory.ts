/**
 * Releases memory as soon as it is no longer used. Garbage collection alone would let buffers pile
 * up, in proportion to all memory in use.
 *
 * @module
 */

import type { Tensor } from "../../backends/backend.ts";

/** Releases the memory of an array by detaching its buffer; the array is empty from then on. */
export function detach({ buffer }: Float32Array | Uint16Array | Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/** Disposes of a tensor, wherever it is. */
export function release(tensor: Tensor): void {
  if (tensor.location === "cpu") detach(tensor.data as Float32Array);
  tensor.dispose();
}
