import encoder from "imagescript/png/node.js";
import decoder from "imagescript/wasm/node/png.js";
import { pictureOnly } from "../containers/png.ts";
import type { Pixels } from "../pixels.ts";

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
