import { viewOf } from "../../../util/bytes.ts";
import type { ContainerHeader } from "../format.ts";

/** See {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  const old = view.getUint32(14, true) === 12; // The head of OS/2.
  const bits = view.getUint16(old ? 24 : 28, true);
  const found = {
    width: old ? view.getUint16(18, true) : view.getInt32(18, true),
    height: old ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true)), // Or upside down.
    color: bits <= 8 ? "palette" : "RGB",
    alpha: bits === 32,
    bits: bits <= 8 ? bits : 8,
    metadata: {},
  };
  const packed = !old && [1, 2].includes(view.getUint32(30, true)); // Run lengths.
  if (!packed && found.width * found.height * bits / 8 > bytes.length) {
    throw new RangeError("too short for its size");
  }
  return found;
}
