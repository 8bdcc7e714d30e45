import * as decoder from "@jsquash/avif/decode.js";
import type { Pixels } from "../../pixels.ts";
import { decodeDeepWithJSquash, decodeWithJSquash } from "../jsquash.ts";

/** See {@linkcode Codec}. */
export function decode(bytes: Uint8Array): Promise<Pixels> {
  return decodeWithJSquash(decoder, bytes);
}

/** See {@linkcode Codec}. */
export function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  return decodeDeepWithJSquash(decoder, bytes);
}
