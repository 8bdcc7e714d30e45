import decoder from "imagescript/wasm/node/png.js";
import { isIntact, pictureOnly } from "./container.ts";
import { type Pixels, toSixteenBits } from "../../pixels.ts";
import { writePng } from "./writer.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const picture = pictureOnly(bytes);
  if (picture.hasKeyColour) {
    const { decodeWithMagick } = await import("../magick.ts");
    return await decodeWithMagick(picture.bytes, "PNG");
  }
  const { framebuffer, width, height } = (await decoder.init()).decode(picture.bytes);
  return { data: new Uint8ClampedArray(framebuffer.buffer), width, height };
}

/** See {@linkcode Codec}. */
export function encode(pixels: Pixels): Promise<Uint8Array[]> {
  return writePng(pixels);
}

/** See {@linkcode Codec}. */
export async function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  const picture = pictureOnly(bytes);
  if (picture.hasKeyColour) return toSixteenBits(await decode(bytes));
  if (!isIntact(picture.bytes)) throw new Error("A checksum differs"); // This decoder looks at few.
  const { decode: decodeDeepPng } = await import("@jsquash/png/decode.js");
  const whole = picture.bytes.buffer as ArrayBuffer;
  const { data, width, height } = await decodeDeepPng(whole, { bitDepth: 16 });
  return { data, width, height };
}

/** See {@linkcode Codec}. */
export function encodeDeep(pixels: Pixels<Uint16Array>): Promise<Uint8Array[]> {
  return writePng(pixels);
}
