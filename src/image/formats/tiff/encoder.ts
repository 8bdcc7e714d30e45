import type { Metadata } from "../../metadata/metadata.ts";
import type { Pixels } from "../../pixels.ts";
import type { EncoderSettings } from "../format.ts";
import { writeTiff } from "./writer.ts";

/** See {@linkcode Encoder}. */
export function encode(pixels: Pixels, { metadata }: EncoderSettings): Promise<Uint8Array[]> {
  return writeTiff(pixels, metadata);
}

/** See {@linkcode Encoder}. */
export function encodeDeep(
  pixels: Pixels<Uint16Array>,
  metadata: Metadata,
): Promise<Uint8Array[]> {
  return writeTiff(pixels, metadata);
}
