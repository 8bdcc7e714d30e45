import type { Metadata } from "../metadata/metadata.ts";
import type { Pixels } from "../pixels.ts";

/** What the file of a codec exports: `decode`, and `encode` where the format can be written. */
export interface Codec {
  /**
   * The first picture in a file, not yet turned upright; RGB and grey not yet converted to sRGB.
   *
   * @throws if the file is damaged.
   */
  decode(bytes: Uint8Array): Promise<Pixels>;
  /** As `decode`, in 16 bits a channel, of files that have more than 8. */
  decodeDeep?(bytes: Uint8Array): Promise<Pixels<Uint16Array>>;
  /**
   * A file in pieces, the first of which holds its head.
   *
   * @param quality 1 to 100, of formats that lose some
   * @param metadata for the formats whose container does not add them
   */
  encode?(pixels: Pixels, quality: number, metadata: Metadata): Promise<Uint8Array[]>;
  /** As `encode`, without loss, in 16 bits a channel. */
  encodeDeep?(pixels: Pixels<Uint16Array>, metadata: Metadata): Promise<Uint8Array[]>;
}
