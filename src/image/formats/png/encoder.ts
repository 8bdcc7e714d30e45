import type { Pixels } from "../../pixels.ts";
import { writePng } from "./writer.ts";

/** See {@linkcode Encoder}. */
export function encode(pixels: Pixels): Promise<Uint8Array[]> {
  return writePng(pixels);
}

/** See {@linkcode Encoder}. */
export function encodeDeep(pixels: Pixels<Uint16Array>): Promise<Uint8Array[]> {
  return writePng(pixels);
}
