import decoder from "imagescript/wasm/node/png.js";
import { type Pixels, toSixteenBits } from "../../pixels.ts";
import { isIntact, pictureOnly } from "./container.ts";

/** See {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const picture = pictureOnly(bytes);
  if (picture.hasKeyColor) {
    const { decodeWithMagick } = await import("../magick.ts");
    return await decodeWithMagick(picture.bytes, "PNG");
  }
  const { framebuffer, width, height } = (await decoder.init()).decode(picture.bytes);
  return { data: new Uint8ClampedArray(framebuffer.buffer), width, height };
}

/** See {@linkcode Codec}. */
export async function decodeDeep(bytes: Uint8Array): Promise<Pixels<Uint16Array>> {
  const picture = pictureOnly(bytes);
  if (picture.hasKeyColor) return toSixteenBits(await decode(bytes));
  // The decoder checks few checksums itself.
  if (!isIntact(picture.bytes)) throw new Error("A checksum differs");
  const { decode: decodeDeepPng } = await import("@jsquash/png/decode.js");
  const whole = picture.bytes.buffer as ArrayBuffer;
  const { data, width, height } = await decodeDeepPng(whole, { bitDepth: 16 });
  return { data, width, height };
}
