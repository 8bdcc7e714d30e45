import type { Pixels } from "../pixels.ts";

/** What the file of a codec exports: `decode`, and `encode` where the format can be written. */
export interface Codec {
  /** @throws if the file is damaged. */
  decode(bytes: Uint8Array): Promise<Pixels>;
  /** @param quality 1 to 100, of formats that lose some. */
  encode?(pixels: Pixels, quality: number): Promise<Uint8Array>;
}
