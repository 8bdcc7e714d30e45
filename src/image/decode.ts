import type { Codec } from "./codecs/codec.ts";
import { detectFormat, type ImageFormat } from "./format.ts";
import { ImageError, type Pixels } from "./pixels.ts";

const CODECS: Record<ImageFormat, () => Promise<Codec>> = {
  png: () => import("./codecs/png.ts"),
  jpeg: () => import("./codecs/jpeg.ts"),
  gif: () => import("./codecs/gif.ts"),
};

/**
 * Reads a PNG, a JPEG or the first frame of a GIF.
 *
 * @throws {ImageError} if it is of another format, or damaged.
 */
export async function decodeImage(bytes: Uint8Array): Promise<Pixels> {
  const format = detectFormat(bytes);
  const codec = await CODECS[format]();
  try {
    return await codec.decode(bytes);
  } catch (error) {
    throw new ImageError(
      `The ${format.toUpperCase()} file is damaged or cut off`,
      { cause: error },
    );
  }
}
