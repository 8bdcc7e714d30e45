import { decode as decodePng } from "@jsquash/png/decode.js";
import type { Pixels } from "../../pixels.ts";
import { isIntact, pictureOnly } from "./container.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { data, width, height } = await decodePng(checked(bytes));
  return { data: data as Uint8ClampedArray, width, height };
}

/** See {@linkcode Codec}. */
export async function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  const { data, width, height } = await decodePng(checked(bytes), { bitDepth: 16 });
  return { data, width, height };
}

/** The chunks that make the picture, with right checksums: the decoder looks at few. */
function checked(bytes: Uint8Array): ArrayBuffer {
  const picture = pictureOnly(bytes);
  if (!isIntact(picture)) throw new Error("A checksum differs");
  return picture.buffer;
}
