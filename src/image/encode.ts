import type { OutputFormat } from "./format.ts";
import type { Pixels } from "./pixels.ts";

/** Settings of {@linkcode encodeImage}. */
export interface EncodeOptions {
  /** Of JPEG: 1 (small) to 100 (close). Default: 92. */
  quality?: number;
}

/** A picture as the bytes of a file: the same bytes for the same picture. */
export async function encodeImage(
  pixels: Pixels,
  format: OutputFormat,
  { quality = 92 }: EncodeOptions = {},
): Promise<Uint8Array> {
  const codec = format === "png"
    ? await import("./codecs/png.ts")
    : await import("./codecs/jpeg.ts");
  return await codec.encode(pixels, quality);
}
