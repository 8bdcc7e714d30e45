import { type DecodedImage, type DecodeOptions, decodeWithMetadata } from "../decode.ts";
import { encodeInPieces, type EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../formats/registry.ts";
import type { Pixels, Samples } from "../pixels.ts";
import { resize, resizeShortSide } from "../resize.ts";

/** Decodes, resizes and encodes images. What is passed may be lost. */
export interface CodecService {
  /**
   * Decodes an image as `decodeWithMetadata` does, and resizes it.
   *
   * @param shortSide short side in pixels to resize to. Default: the image's own
   * @throws {ImageError} as `decodeWithMetadata` does.
   */
  decode(
    bytes: Uint8Array<ArrayBuffer>,
    options?: DecodeOptions,
    shortSide?: number,
  ): Promise<DecodedImage<Samples>>;
  /** As `resize`. */
  resize(pixels: Pixels, width: number, height: number): Promise<Pixels>;
  /** As `encodeInPieces`. */
  encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    options?: EncodeOptions,
  ): Promise<Uint8Array[]>;
}

/** The service on the calling thread, without a time limit. */
export const inProcessCodecs: CodecService = {
  async decode(bytes, options = {}, shortSide) {
    const image = await decodeWithMetadata(bytes, options);
    if (!shortSide) return image;
    const pixels = await resizeShortSide(image.pixels, shortSide, options.maxPixels);
    return { ...image, pixels };
  },
  resize,
  encode: encodeInPieces,
};
