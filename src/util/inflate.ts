import { readStream, toStream } from "./streams.ts";

/** Bytes that are passed on at a time: what they decompress to is in memory at once. */
const PIECE = 2 ** 14;

/**
 * Decompresses Deflate (RFC 1950, zlib), up to a length. What follows, and whether the stream is
 * damaged there, is ignored.
 *
 * @returns as many bytes as there are, before damage too
 */
export async function inflate(
  packed: Uint8Array,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(length);
  let filled = 0;
  try {
    const stream = toStream(pieces(packed)).pipeThrough(new DecompressionStream("deflate"));
    for await (const part of readStream(stream)) {
      result.set(part.subarray(0, length - filled), filled);
      filled = Math.min(length, filled + part.length);
      if (filled === length) break;
    }
  } catch {
    // Damaged: what was read before counts.
  }
  return result.subarray(0, filled);
}

function* pieces(packed: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < packed.length; at += PIECE) yield packed.slice(at, at + PIECE);
}
