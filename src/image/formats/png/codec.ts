import { decode as decodePng } from "@jsquash/png/decode.js";
import type { Pixels } from "../../pixels.ts";
import { isIntact, pictureOnly } from "./container.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { data, width, height } = await tolerant(bytes, (file) => decodePng(file));
  return { data: data as Uint8ClampedArray, width, height };
}

/** See {@linkcode Codec}. */
export async function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  const { data, width, height } = await tolerant(
    bytes,
    (file) => decodePng(file, { bitDepth: 16 }),
  );
  return { data, width, height };
}

/** Decodes a file; where that fails, without what follows its pixels. */
async function tolerant<T>(
  bytes: Uint8Array,
  decodeFile: (file: ArrayBuffer) => Promise<T>,
): Promise<T> {
  const picture = pictureOnly(bytes);
  // The decoder checks few checksums itself.
  if (!isIntact(picture)) throw new Error("A checksum differs");
  try {
    return await decodeFile(picture.buffer);
  } catch (error) {
    const { repairPixels } = await import("./repair.ts");
    const repaired = await repairPixels(picture);
    if (!repaired) throw error;
    return await decodeFile(repaired.buffer);
  }
}
