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
  const first = await inflateInto(result, packed, Infinity);
  if (first.filled === length || !first.isDamaged) return result.subarray(0, first.filled);
  // What a piece holds before damage, or before the stream's end, is lost: it is passed byte by byte.
  const { filled } = await inflateInto(result, packed, Math.max(0, first.passed - 2 * PIECE));
  return result.subarray(0, filled);
}

/** @param careful offset from which bytes are passed on one by one */
async function inflateInto(result: Uint8Array, packed: Uint8Array, careful: number) {
  let [filled, passed] = [0, 0];
  function* pieces(): Generator<Uint8Array<ArrayBuffer>> {
    while (passed < packed.length) {
      const piece = packed.slice(passed, passed + (passed < careful ? PIECE : 1));
      passed += piece.length;
      yield piece;
    }
  }
  try {
    const stream = toStream(pieces()).pipeThrough(new DecompressionStream("deflate"));
    for await (const part of readStream(stream)) {
      result.set(part.subarray(0, result.length - filled), filled);
      filled = Math.min(result.length, filled + part.length);
      if (filled === result.length) break;
    }
    return { filled, passed, isDamaged: false };
  } catch {
    return { filled, passed, isDamaged: true };
  }
}
