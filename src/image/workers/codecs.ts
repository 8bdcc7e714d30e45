import { type DecodeOptions, decodePicture, type Picture } from "../decode.ts";
import { encodeInPieces, type EncodeOptions } from "../encode.ts";
import type { OutputFormat } from "../formats/format.ts";
import type { Pixels, Samples } from "../pixels.ts";
import { resize, resizeShortSide } from "../resize.ts";

/** What is done to pictures besides restyling them. What is given may be lost. */
export interface ImageWork {
  /**
   * As `decodePicture`, and then, where a short side is given, resized to it.
   *
   * @throws {ImageError} as that does.
   */
  decode(
    bytes: Uint8Array<ArrayBuffer>,
    options?: DecodeOptions,
    shortSide?: number,
  ): Promise<Picture<Samples>>;
  /** As `resize`. */
  resize(pixels: Pixels, width: number, height: number): Promise<Pixels>;
  /** As `encodeInPieces`. */
  encode(
    pixels: Pixels<Samples>,
    format: OutputFormat,
    options: EncodeOptions,
  ): Promise<Uint8Array[]>;
}

/** The work, done on the thread that asks for it. */
export const onThisThread: ImageWork = {
  async decode(bytes, options, shortSide) {
    const picture = await decodePicture(bytes, options ?? {});
    if (!shortSide) return picture;
    const pixels = await resizeShortSide(picture.pixels, shortSide, options?.maxPixels);
    return { ...picture, pixels };
  },
  resize,
  encode: encodeInPieces,
};
