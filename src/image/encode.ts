import type { Codec } from "./codecs/codec.ts";
import type { OutputFormat } from "./format.ts";
import { addMetadata } from "./header.ts";
import { type Metadata, metadataForResult } from "./metadata.ts";
import type { Pixels } from "./pixels.ts";

const ENCODERS: Record<OutputFormat, () => Promise<Required<Codec>>> = {
  png: () => import("./codecs/png.ts"),
  jpeg: () => import("./codecs/jpeg.ts"),
  webp: () => import("./codecs/webp.ts"),
  avif: () => import("./codecs/avif.ts"),
  tiff: () => import("./codecs/tiff.ts"),
};

/** Settings of {@linkcode encodeImage}. */
export interface EncodeOptions {
  /** Of JPEG, WebP and AVIF: 1 (small) to 100 (close). Default: 92. */
  quality?: number;
  /** What the file is to say of the picture, but orientation, size and thumbnail. Default: nothing. */
  metadata?: Metadata;
}

/** A picture as the bytes of a file, in sRGB: the same bytes for the same picture. */
export async function encodeImage(
  pixels: Pixels,
  format: OutputFormat,
  { quality = 92, metadata = {} }: EncodeOptions = {},
): Promise<Uint8Array> {
  const kept = metadataForResult(metadata);
  const codec = await ENCODERS[format]();
  return await addMetadata(await codec.encode(pixels, quality, kept), format, kept);
}
