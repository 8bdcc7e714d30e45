import { resolvePath, STANDARD } from "./paths.ts";

/** A stream that can be read once, such as standard input, and whose first bytes can be peeked at. */
export class Pipe {
  /** Chunks that have been peeked at and not yet read. */
  readonly #peeked: Uint8Array<ArrayBuffer>[] = [];
  #chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;

  /** @param open gives the stream; not called before it is read */
  constructor(private readonly open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>) {}

  /** The first bytes; fewer where the stream ends before. */
  async peek(length: number): Promise<Uint8Array> {
    const peeked = this.#peeked;
    let size = peeked.reduce((sum, chunk) => sum + chunk.length, 0);
    while (size < length) {
      const { done, value } = await this.#next();
      if (done) break;
      peeked.push(value);
      size += value.length;
    }
    const start = peeked.flatMap((chunk) => [...chunk.subarray(0, length)]);
    return new Uint8Array(start).subarray(0, length);
  }

  /** The whole stream, once. */
  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    while (this.#peeked.length > 0) yield this.#peeked.shift()!;
    for (;;) {
      const { done, value } = await this.#next();
      if (done) return;
      yield value;
    }
  }

  async #next() {
    this.#chunks ??= (await this.open())[Symbol.asyncIterator]();
    return await this.#chunks.next();
  }
}

/** Standard input, and the named pipes that have been opened, by their paths. */
const pipes = new Map([[STANDARD, new Pipe(() => Promise.resolve(Deno.stdin.readable))]]);

/** The pipe at a path, if there is one. */
export async function findPipe(path: string): Promise<Pipe | undefined> {
  const known = pipes.get(path);
  if (known) return known;
  const { isFile, isDirectory } = await Deno.stat(resolvePath(path));
  if (isFile || isDirectory) return undefined;
  const pipe = new Pipe(async () => (await Deno.open(resolvePath(path))).readable);
  pipes.set(path, pipe);
  return pipe;
}
