import type { Pixels } from "./pixels.ts";

/** What a decoder of jSquash exports. */
interface Decoder {
  init(overrides: Record<string, unknown>): Promise<void>;
  default(bytes: ArrayBuffer): Promise<ImageData | null>;
}

/** Its own words on damaged files would go to standard error. */
const SILENT = { print: () => {}, printErr: () => {} };

/** Decoders that have begun, and not failed since. */
const ready = new WeakSet<Decoder>();

/** Decodes. A decoder that failed, and may be in disarray, is started anew for the next file. */
export async function decodeWithJSquash(decoder: Decoder, bytes: Uint8Array): Promise<Pixels> {
  if (!ready.has(decoder)) await decoder.init(SILENT);
  ready.delete(decoder);
  const image = await decoder.default(bytes.slice().buffer);
  if (!image) throw new Error("It cannot be decoded");
  ready.add(decoder);
  return { data: image.data as Uint8ClampedArray, width: image.width, height: image.height };
}
