import { viewOf } from "../../../util/bytes.ts";
import type { ContainerHeader } from "../format.ts";

/** See {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): ContainerHeader {
  const view = viewOf(bytes);
  return {
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    color: "palette",
    alpha: false,
    bits: 8,
    metadata: {},
  };
}
