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
  50000: zstandard,
};

/** Compressions that neither this code nor ImageMagick reads, by their names. */
export const UNREADABLE: Partial<Record<number, string>> = {
  9: "JBIG",
  10: "JBIG",
  32809: "ThunderScan",
  33003: "JPEG 2000",
  33005: "JPEG 2000",
  34661: "JBIG",
  34676: "SGI LogLuv",
  34677: "SGI LogLuv",
  34712: "JPEG 2000",
  34887: "LERC",
  34892: "lossy JPEG",
  34925: "LZMA",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

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
