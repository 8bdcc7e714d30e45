import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { readStream, toStream } from "../../../util/streams.ts";
import { readOrientation } from "../../metadata/exif.ts";
import type { Metadata } from "../../metadata/metadata.ts";
import type { ContainerHeader } from "../format.ts";

/** The first bytes of every file. */
export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const SIGNATURE_BYTES = SIGNATURE.length;
const HEAD_BYTES = 13;
/** How a text chunk with XMP begins: its keyword, no compression, no language. */
const XMP = "XML:com.adobe.xmp\0\0\0\0\0";
/** Longest profile that is decompressed, in bytes. */
const LONGEST_PROFILE = 4 * 2 ** 20;

/** See {@linkcode Container}. */
export async function readHeader(bytes: Uint8Array): Promise<ContainerHeader> {
  const view = viewOf(bytes);
  if (ascii(bytes, 12, 16) !== "IHDR") throw new RangeError("no head");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [bits, type] = [view.getUint8(24), view.getUint8(25)];
  const metadata: Metadata = {};
  let [packed, keyed, coded] = [undefined as Uint8Array | undefined, false, 0];
  for (const { name, body } of chunks(bytes)) {
    if (name === "iCCP") packed ??= body.subarray(body.indexOf(0) + 2);
    else if (name === "tRNS") keyed = true;
    else if (name === "IDAT") coded += body.length;
    else if (name === "eXIf") metadata.exif ??= body;
    else if (name === "iTXt" && ascii(body, 0, XMP.length) === XMP) {
      metadata.xmp ??= body.subarray(XMP.length);
    }
  }
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type];
  if (!channels) throw new RangeError("no such type of color");
  // Deflate compresses by a factor of 1032 at most.
  if (width * height * channels * bits / 8 > 1032 * coded) {
    throw new RangeError("too short for its size");
  }
  const profile = packed && await inflate(packed);
  return {
    width,
    height,
    color: type === 3 ? "palette" : type & 2 ? "RGB" : "gray",
    alpha: (type & 4) !== 0 || keyed,
    bits,
    orientation: metadata.exif ? readOrientation(metadata.exif) : 1,
    metadata,
    ...(profile ? { profile } : {}),
  };
}

/** The file without ancillary chunks: decoders may decompress those to any length. */
export function pictureOnly(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (const { name, whole } of chunks(bytes)) {
    if (["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].includes(name)) parts.push(whole);
  }
  return concatenate(parts);
}

interface Chunk {
  name: string;
  body: Uint8Array;
  /** Length, name, body and checksum. */
  whole: Uint8Array;
}

/** Iterates over the chunks, up to the end or to where the file is cut off. */
function* chunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const name = ascii(bytes, at + 4, at + 8);
    const end = at + 12 + length;
    yield { name, body: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) };
    if (name === "IEND") return;
    at = end;
  }
}

/** Decompresses a profile; `undefined` where it is damaged or longer than any profile. */
async function inflate(packed: Uint8Array): Promise<Uint8Array | undefined> {
  const stream = toStream(pieces(packed))
    .pipeThrough(new DecompressionStream("deflate"));
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of readStream(stream)) {
      length += part.length;
      if (length > LONGEST_PROFILE) return undefined;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return concatenate(parts);
}

/** Small pieces: what a piece decompresses to is in memory at once. */
function* pieces(packed: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < packed.length; at += 1024) yield packed.slice(at, at + 1024);
}

/** Adds a chunk that names sRGB, too. See {@linkcode Container}. */
export function addMetadata(bytes: Uint8Array, { exif, xmp }: Metadata): Uint8Array {
  const after = SIGNATURE_BYTES + 12 + HEAD_BYTES;
  const parts = [bytes.subarray(0, after), chunk("sRGB", Uint8Array.of(0))];
  if (exif) parts.push(chunk("eXIf", exif));
  if (xmp) parts.push(chunk("iTXt", concatenate([new TextEncoder().encode(XMP), xmp])));
  return concatenate([...parts, bytes.subarray(after)]);
}

/** Makes a chunk: length, name, body, and the CRC of the latter two. */
export function chunk(name: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const named = concatenate([new TextEncoder().encode(name), body]);
  const ends = new Uint8Array(8);
  viewOf(ends).setUint32(0, body.length);
  viewOf(ends).setUint32(4, crc32(named));
  return concatenate([ends.subarray(0, 4), named, ends.subarray(4)]);
}

/** Whether all chunks are complete, up to the end, with the right checksums. */
export function isIntact(bytes: Uint8Array): boolean {
  let name = "";
  for (const { name: next, whole } of chunks(bytes)) {
    if (whole.length < 12) return false;
    const end = whole.length - 4;
    if (viewOf(whole).getUint32(end) !== crc32(whole.subarray(4, end))) return false;
    name = next;
  }
  return name === "IEND";
}

/** Cyclic redundancy check of PNG (ISO 3309). */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = crc >>> 8 ^ REMAINDERS[(crc ^ byte) & 255]!;
  return (crc ^ -1) >>> 0;
}

/** Remainders of each byte, divided by the polynomial. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
  return crc;
});
