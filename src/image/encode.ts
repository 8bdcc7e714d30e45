import { concatenate } from "../util/bytes.ts";
import type { Codec } from "./formats/codec.ts";
import { FORMAT_NAMES, type OutputFormat } from "./formats/format.ts";
import { addMetadata } from "./header.ts";
import { type Metadata, metadataForResult } from "./metadata/metadata.ts";
import { ImageError, type Pixels, type Samples, toEightBits } from "./pixels.ts";

const ENCODERS: Record<
  OutputFormat,
  () => Promise<Required<Pick<Codec, "encode">> & Pick<Codec, "encodeDeep">>
> = {
  png: () => import("./formats/png/codec.ts"),
  jpeg: () => import("./formats/jpeg/codec.ts"),
  webp: () => import("./formats/webp/codec.ts"),
  avif: () => import("./formats/avif/codec.ts"),
  tiff: () => import("./formats/tiff/codec.ts"),
};

/** Settings of {@linkcode encodeImage}. */
export interface EncodeOptions {
  /** Of JPEG, WebP and AVIF: 1 (small) to 100 (close). Default: 92. */
  quality?: number;
  /** What the file is to say of the picture, but orientation, size and thumbnail. Default: nothing. */
  metadata?: Metadata;
}

/** The longest side, in pixels, that a format can hold, where that is not beyond all pictures. */
const LONGEST: Partial<Record<OutputFormat, number>> = { jpeg: 65_500, webp: 16_383, avif: 65_536 };

/**
 * Finds out before the work whether its result could be written.
 *
 * @throws {ImageError} if it is too large for the format.
 */
export function checkEncodable({ width, height }: Pixels<Samples>, format: OutputFormat): void {
  const name = FORMAT_NAMES[format];
  const longest = LONGEST[format] ?? Infinity;
  if (Math.max(width, height) > longest) {
    throw new ImageError(
      `${name} holds up to ${longest} px a side, not ${width}×${height}: use PNG`,
    );
  }
}

/**
 * A picture as the bytes of a file, in sRGB: the same bytes for the same picture. A picture of 16
 * bits a channel becomes a PNG or TIFF of as many; other formats round it to 8.
 *
 * @throws {ImageError} if it is too large for the format, or for the memory.
 */
export async function encodeImage(
  pixels: Pixels<Samples>,
  format: OutputFormat,
  options?: EncodeOptions,
): Promise<Uint8Array> {
  return concatenate(await encodeInPieces(pixels, format, options));
}

/** As {@linkcode encodeImage}, in pieces, so that a large file is not in memory twice. */
export async function encodeInPieces(
  pixels: Pixels<Samples>,
  format: OutputFormat,
  { quality = 92, metadata = {} }: EncodeOptions = {},
): Promise<Uint8Array[]> {
  const kept = metadataForResult(metadata);
  const { width, height } = pixels;
  checkEncodable(pixels, format);
  const codec = await ENCODERS[format]();
  try {
    const { data } = pixels;
    const [head, ...others] = data instanceof Uint16Array && codec.encodeDeep
      ? await codec.encodeDeep({ data, width, height }, kept)
      : await codec.encode(toEightBits(pixels), quality, kept);
    return [await addMetadata(head!, format, kept), ...others];
  } catch (error) {
    throw new ImageError(
      `${width}×${height} px cannot be written as ${
        FORMAT_NAMES[format]
      }: memory ran out, most likely`,
      { cause: error },
    );
  }
}
