import * as decoder from "@jsquash/jpeg/decode.js";
import encodeJpeg from "@jsquash/jpeg/encode.js";
import { isWhole, readHeader } from "../containers/jpeg.ts";
import { decodeWithJSquash } from "../jsquash.ts";
import type { Pixels } from "../pixels.ts";
import { flatten } from "../planes.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  if (!isWhole(bytes)) throw new Error("It ends before its picture does");
  if (readHeader(bytes).colour === "CMYK") {
    const { decodeWithMagick } = await import("../magick.ts");
    return await decodeWithMagick(bytes, "JPEG");
  }
  return await decodeWithJSquash(decoder, bytes);
}

/** Colour at full resolution (4:4:4); transparency is laid on white. See {@linkcode Codec}. */
export async function encode(
  pixels: Pixels,
  quality: number,
): Promise<Uint8Array> {
  const { data, width, height } = flatten(pixels);
  const image = { data, width, height, colorSpace: "srgb" } as ImageData;
  const settings = { quality, "auto_subsample": false, "chroma_subsample": 1 };
  return new Uint8Array(await encodeJpeg(image, settings));
}
