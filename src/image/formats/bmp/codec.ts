import { decodeWithMagick } from "../magick.ts";
import type { Pixels } from "../../pixels.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithMagick(bytes, "BMP");
}
