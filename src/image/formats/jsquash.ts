import type { Pixels } from "../pixels.ts";

/** What a decoder of jSquash exports. */
interface Decoder {
  init(overrides: Record<string, unknown>): Promise<void>;
  default(bytes: ArrayBuffer): Promise<ImageData | null>;
}

/** A decoder that can give 16 bits a channel. */
interface DeepDecoder extends Decoder {
  default(bytes: ArrayBuffer): Promise<ImageData | null>;
  default(bytes: ArrayBuffer, options: { bitDepth: 16 }): Promise<Pixels<Uint16Array> | null>;
}

/** Messages of decoders about damaged files would go to standard output and error. */
const SILENT = { print: () => {}, printErr: () => {} };

/** Decoders that were started and have not failed since. */
const ready = new WeakSet<Decoder>();

/** Decodes a file. After a failure the decoder's state is unknown: the next file gets a new one. */
export async function decodeWithJSquash(decoder: Decoder, bytes: Uint8Array): Promise<Pixels> {
  const { data, width, height } = await decodeAfresh(
    decoder,
    () => decoder.default(bytes.slice().buffer),
  );
  return { data: data as Uint8ClampedArray, width, height };
}

/** As {@linkcode decodeWithJSquash}, in 16 bits a channel. */
export async function decodeDeepWithJSquash(
  decoder: DeepDecoder,
  bytes: Uint8Array,
): Promise<Pixels<Uint16Array>> {
  const { data, width, height } = await decodeAfresh(
    decoder,
    () => decoder.default(bytes.slice().buffer, { bitDepth: 16 }),
  );
  return { data, width, height };
}

async function decodeAfresh<T>(decoder: Decoder, decode: () => Promise<T | null>): Promise<T> {
  if (!ready.has(decoder)) await decoder.init(SILENT);
  ready.delete(decoder);
  const image = await decode();
  if (!image) throw new Error("The file cannot be decoded");
  ready.add(decoder);
  return image;
}
