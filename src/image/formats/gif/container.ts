import { viewOf } from "../../../util/bytes.ts";
import type { Found } from "../container.ts";

/** See {@linkcode Container}. */
export function readHeader(bytes: Uint8Array): Found {
  const view = viewOf(bytes);
  return {
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    colour: "palette",
    alpha: false,
    bits: 8,
    metadata: {},
  };
}
