import { ascii, concatenate, viewOf } from "../../../util/bytes.ts";
import { inflate } from "../../../util/inflate.ts";
import { colorsOfCodePoints, colorsOfGamma, type StatedColors } from "../../color/stated_colors.ts";
import { CHANNELS } from "./rows.ts";
import { readOrientation } from "../../metadata/exif.ts";
import type { Metadata, MetadataBlock } from "../../metadata/metadata.ts";
import {
  checkResolution,
  inCentimeters,
  type Resolution,
  resolutionOf,
} from "../../metadata/resolution.ts";
import type { ContainerHeader } from "../format.ts";

/** The first bytes of every file. */
export const SIGNATURE: Uint8Array<ArrayBuffer> = Uint8Array.of(
  0x89,
  0x50,
  0x4e,
  0x47,
  0x0d,
  0x0a,
  0x1a,
  0x0a,
);
const SIGNATURE_BYTES = SIGNATURE.length;
const HEAD_BYTES = 13;
/** Bits a sample that there may be, by the type of color. */
const BITS: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** How a text chunk with XMP begins: its keyword, no compression, no language. */
const XMP = "XML:com.adobe.xmp\0\0\0\0\0";
/** Chunks with a keyword and a text. */
const TEXTS: readonly string[] = ["tEXt", "zTXt", "iTXt"];
/** How a text of ImageMagick's begins that is EXIF, say: with an orientation that is not true any more. */
const RAW = "Raw profile type ";
/** Longest profile that is decompressed, in bytes. */
const LONGEST_PROFILE = 4 * 2 ** 20;

/** See {@linkcode Container}. */
export async function readHeader(bytes: Uint8Array): Promise<ContainerHeader> {
  const view = viewOf(bytes);
  if (ascii(bytes, 12, 16) !== "IHDR") throw new RangeError("no head");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [bits, type] = [view.getUint8(24), view.getUint8(25)];
  const metadata: Metadata = {};
  const coded: Partial<Record<string, Uint8Array>> = {};
  const blocks: MetadataBlock[] = [];
  let resolution: Resolution | undefined;
  let [packed, keyed, length] = [undefined as Uint8Array | undefined, false, 0];
  for (const { name, body } of chunks(bytes)) {
    if (name === "iCCP") packed ??= body.subarray(body.indexOf(0) + 2);
    else if (name === "tRNS") keyed = true;
    else if (name === "IDAT") length += body.length;
    else if (name === "pHYs") resolution ??= readResolution(body);
    else if (["cICP", "sRGB", "gAMA", "cHRM"].includes(name)) coded[name] ??= body;
    else if (name === "eXIf") metadata.exif ??= body;
    else if (name === "iTXt" && ascii(body, 0, XMP.length) === XMP) {
      metadata.xmp ??= body.subarray(XMP.length);
    } else if (TEXTS.includes(name)) {
      const isOld = ascii(body, 0, RAW.length) === RAW;
      const bytes = chunk(name, body);
      blocks.push(
        isOld ? { format: "", kind: "raw profile", bytes } : { format: "png", kind: "text", bytes },
      );
    }
  }
  const channels = CHANNELS[type];
  if (!channels || !BITS[type]!.includes(bits)) throw new RangeError("no such type of color");
  // Deflate compresses by a factor of 1032 at most.
  if (width * height * channels * bits / 8 > 1032 * length) {
    throw new RangeError("too short for its size");
  }
  // In order of precedence: cICP, iCCP, sRGB, gAMA with cHRM.
  const profile = coded.cICP ? undefined : packed && await readProfile(packed);
  const colors = coded.cICP
    ? readCodePoints(coded.cICP)
    : packed || coded.sRGB || !coded.gAMA
    ? undefined
    : readGamma(coded.gAMA, coded.cHRM);
  return {
    width,
    height,
    color: type === 3 ? "palette" : type & 2 ? "RGB" : "gray",
    alpha: (type & 4) !== 0 || keyed,
    bits,
    orientation: metadata.exif ? readOrientation(metadata.exif) : 1,
    metadata: {
      ...metadata,
      ...(resolution ? { resolution } : {}),
      ...(blocks.length > 0 ? { blocks } : {}),
    },
    ...(profile ? { profile } : {}),
    ...(colors ? { colors } : {}),
  };
}

/** Pixels a meter, or a ratio of both sides. */
function readResolution(body: Uint8Array): Resolution | undefined {
  if (body.length < 9) return undefined;
  const view = viewOf(body);
  const isKnown = view.getUint8(8) === METER;
  const [x, y] = [view.getUint32(0), view.getUint32(4)].map((n) => isKnown ? n / 100 : n);
  return checkResolution(x!, y!, isKnown ? "centimeter" : "none");
}

/** Unit of a resolution. */
const METER = 1;

/** Code points of H.273, of RGB; others are not allowed, and are ignored. */
function readCodePoints(body: Uint8Array): StatedColors | undefined {
  const [primaries, transfer, matrix, range] = body;
  if (body.length !== 4 || matrix !== 0) return undefined;
  return colorsOfCodePoints(primaries!, transfer!, range === 0);
}

/** Gamma from linear to stored values, and the chromaticities of white, red, green and blue. */
function readGamma(gamma: Uint8Array, chromaticities?: Uint8Array): StatedColors | undefined {
  const exponent = 100_000 / viewOf(gamma).getUint32(0);
  if (!chromaticities) return colorsOfGamma(exponent);
  const view = viewOf(chromaticities);
  const [white, red, green, blue] = [0, 8, 16, 24].map((at) =>
    [view.getUint32(at) / 100_000, view.getUint32(at + 4) / 100_000] as const
  );
  return colorsOfGamma(exponent, { red: red!, green: green!, blue: blue!, white: white! });
}

/** A part of a file. */
export interface Chunk {
  name: string;
  body: Uint8Array;
  /** Length, name, body and checksum. */
  whole: Uint8Array;
}

/** Iterates over the chunks, up to the end or to where the file is cut off. */
export function* chunks(bytes: Uint8Array): Generator<Chunk> {
  const view = viewOf(bytes);
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const name = ascii(bytes, at + 4, at + 8);
    const end = at + 12 + length;
    const whole = bytes.subarray(at, end);
    yield { name, body: bytes.subarray(at + 8, Math.min(end - 4, bytes.length)), whole };
    if (name === "IEND") return;
    at = end;
  }
}

/** Decompresses a profile; `undefined` where it is damaged or longer than any profile. */
async function readProfile(packed: Uint8Array): Promise<Uint8Array | undefined> {
  const profile = await inflate(packed, LONGEST_PROFILE);
  return profile.length < LONGEST_PROFILE ? profile.slice() : undefined;
}

/** Adds a chunk that names sRGB, too. See {@linkcode Container}. */
export function addMetadata(bytes: Uint8Array, metadata: Metadata): Uint8Array {
  const { exif, xmp, blocks = [] } = metadata;
  const resolution = resolutionOf(metadata);
  const after = SIGNATURE_BYTES + 12 + HEAD_BYTES;
  const parts = [bytes.subarray(0, after), chunk("sRGB", Uint8Array.of(0))];
  if (resolution) parts.push(resolutionChunk(resolution));
  if (exif) parts.push(chunk("eXIf", exif));
  if (xmp) parts.push(chunk("iTXt", concatenate([new TextEncoder().encode(XMP), xmp])));
  parts.push(...blocks.map(({ bytes }) => bytes), bytes.subarray(after));
  return concatenate(parts);
}

function resolutionChunk(resolution: Resolution): Uint8Array {
  const { x, y, unit } = inCentimeters(resolution);
  const body = new Uint8Array(9);
  const view = viewOf(body);
  for (const [index, value] of [x, y].entries()) {
    view.setUint32(4 * index, Math.round(unit === "none" ? value : 100 * value));
  }
  view.setUint8(8, unit === "none" ? 0 : METER);
  return chunk("pHYs", body);
}

/** Makes a chunk: length, name, body, and the CRC of the latter two. */
export function chunk(name: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const named = concatenate([new TextEncoder().encode(name), body]);
  const ends = new Uint8Array(8);
  viewOf(ends).setUint32(0, body.length);
  viewOf(ends).setUint32(4, crc32(named));
  return concatenate([ends.subarray(0, 4), named, ends.subarray(4)]);
}

/** Whether a chunk is complete and has the right checksum. */
export function isIntact({ whole }: Chunk): boolean {
  const end = whole.length - 4;
  return end >= 8 && viewOf(whole).getUint32(end) === crc32(whole.subarray(4, end));
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
