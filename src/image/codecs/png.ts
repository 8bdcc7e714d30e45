import encoder from "imagescript/png/node.js";
import decoder from "imagescript/wasm/node/png.js";
import { isIntact, pictureOnly } from "../containers/png.ts";
import { type Pixels, toSixteenBits } from "../pixels.ts";

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
export function encode({ data, width, height }: Pixels): Promise<Uint8Array> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Promise.resolve(
    encoder.encode(bytes, { width, height, channels: 4, level: 6 }),
  );
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
export async function encodeDeep(pixels: Pixels<Uint16Array>): Promise<Uint8Array> {
  const { default: encodeDeepPng } = await import("@jsquash/png/encode.js");
  // This encoder takes the bytes as they are to be in the file, the higher one first.
  const data = pixels.data.map((value) => value << 8 | value >> 8);
  return new Uint8Array(await encodeDeepPng({ ...pixels, data }, { bitDepth: 16 }));
}
