import encodeJpeg from "@jsquash/jpeg/encode.js";
import decoder from "imagescript/wasm/node/jpeg.js";
import type { Pixels } from "../pixels.ts";
import { flatten } from "../planes.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { buffer, width, height } = (await decoder.init()).load(bytes);
  return { data: new Uint8ClampedArray(buffer.buffer), width, height };
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
