import decoder from "imagescript/wasm/node/gif.js";
import type { Pixels } from "../pixels.ts";

/** The first frame; see {@linkcode Codec}. */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { Decoder } = await decoder.init();
  const animation = new Decoder(bytes);
  const { width, height } = animation;
  const frame = animation.frame();
  animation.free();
  if (!frame) throw new Error("It has no frame");
  // A frame may cover a part of the picture; the rest is transparent.
  const data = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < frame.height; row++) {
    const line = frame.buffer.subarray(
      4 * row * frame.width,
      4 * (row + 1) * frame.width,
    );
    data.set(line, 4 * ((frame.y + row) * width + frame.x));
  }
  return { data, width, height };
}
