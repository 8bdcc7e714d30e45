import { inflate } from "../../../util/inflate.ts";
import { decompressLzw } from "../lzw.ts";

/** Values of the tag `Compression` that are of interest beyond {@linkcode COMPRESSIONS}. */
export const UNCOMPRESSED = 1;

/** Decompresses a strip or tile, to a length at most. */
export type Decompress = (
  bytes: Uint8Array,
  length: number,
) => Uint8Array | Promise<Uint8Array>;

/** How strips and tiles are decompressed, by the tag `Compression`. */
export const COMPRESSIONS: Partial<Record<number, Decompress>> = {
  [UNCOMPRESSED]: (bytes, length) => bytes.subarray(0, length),
  5: lzw,
  8: inflate,
  32773: packBits,
  32946: inflate,
  34926: zstandard,
  50000: zstandard,
};

/** Names of compressions. */
const NAMES: Partial<Record<number, string>> = {
  2: "fax compression",
  3: "fax compression",
  4: "fax compression",
  5: "LZW",
  6: "JPEG",
  7: "JPEG",
  8: "Deflate",
  9: "JBIG",
  10: "JBIG",
  32771: "fax compression",
  32773: "PackBits",
  32809: "ThunderScan",
  32946: "Deflate",
  33003: "JPEG 2000",
  33004: "JPEG 2000",
  33005: "JPEG 2000",
  34661: "JBIG",
  34676: "SGI LogLuv",
  34677: "SGI LogLuv",
  34712: "JPEG 2000",
  34887: "LERC",
  34892: "lossy JPEG",
  34925: "LZMA",
  34926: "Zstandard",
  34927: "WebP",
  34933: "PNG",
  34934: "JPEG XR",
  50000: "Zstandard",
  50001: "WebP",
  50002: "JPEG XL",
  50013: "PIXTIFF",
  52546: "JPEG XL",
};

/** What a compression is called. */
export function compressionName(compression: number): string {
  return NAMES[compression] ?? `method ${compression}`;
}

/** Compressions that ImageMagick reads, of some kinds of pictures at least. */
const OF_MAGICK: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32946];

/** Whether there is a decoder for a compression. */
export function isReadableCompression(compression: number): boolean {
  return compression in COMPRESSIONS || OF_MAGICK.includes(compression);
}

function lzw(bytes: Uint8Array, length: number): Uint8Array {
  const target = new Uint8Array(length);
  const options = { valueBits: 8, isHighFirst: true, isEarly: true };
  return target.subarray(0, decompressLzw(bytes, target, options));
}

async function zstandard(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const { decompress } = await import("fzstd");
  return decompress(bytes, new Uint8Array(length));
}

/** Runs of bytes, as on the Macintosh: a length and a byte, or a number of bytes and these. */
function packBits(bytes: Uint8Array, length: number): Uint8Array {
  const target = new Uint8Array(length);
  let filled = 0;
  for (let at = 0; at < bytes.length && filled < length;) {
    const head = bytes[at++]!;
    if (head === 128) continue;
    const end = Math.min(length, filled + (head > 128 ? 257 - head : head + 1));
    if (head > 128) target.fill(bytes[at++] ?? 0, filled, end);
    else {
      target.set(bytes.subarray(at, at + end - filled), filled);
      at += head + 1;
    }
    filled = end;
  }
  return target.subarray(0, filled);
}
