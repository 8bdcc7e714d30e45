/**
 * Standard input, whose first bytes can be looked at before it is read.
 *
 * @module
 */

/** Chunks that have been looked at and not yet handed out. */
const held: Uint8Array<ArrayBuffer>[] = [];
let chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;

function next() {
  chunks ??= Deno.stdin.readable[Symbol.asyncIterator]();
  return chunks.next();
}

/** The first bytes, fewer where there are no more. */
export async function peekStandard(length: number): Promise<Uint8Array> {
  let size = held.reduce((sum, chunk) => sum + chunk.length, 0);
  while (size < length) {
    const { done, value } = await next();
    if (done) break;
    held.push(value);
    size += value.length;
  }
  return new Uint8Array(held.flatMap((chunk) => [...chunk.subarray(0, length)])).subarray(
    0,
    length,
  );
}

/** All of it, once. */
export async function* readStandard(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  while (held.length > 0) yield held.shift()!;
  for (;;) {
    const { done, value } = await next();
    if (done) return;
    yield value;
  }
}
