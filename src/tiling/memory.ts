/**
 * Memory that is given back when it is no longer used, and not some time later: what garbage
 * collection lets pile up grows with all that is in use.
 *
 * @module
 */

import type { Tensor } from "../../backends/backend.ts";

/** Gives the memory of an array back; the array is empty from then on. */
export function giveBack({ buffer }: Float32Array | Uint16Array | Uint8ClampedArray): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/** Disposes of a tensor, wherever it is. */
export function release(tensor: Tensor): void {
  if (tensor.location === "cpu") giveBack(tensor.data as Float32Array);
  tensor.dispose();
}
