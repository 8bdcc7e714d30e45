/** A stream that can be read only once, such as standard input, and whose first bytes can be looked at. */
export class Pipe {
  /** Chunks that have been looked at and not yet handed out. */
  readonly #held: Uint8Array<ArrayBuffer>[] = [];
  #chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;

  /** @param open gives the stream; not called before it is read */
  constructor(private readonly open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>) {}

  /** The first bytes, fewer where there are no more. */
  async peek(length: number): Promise<Uint8Array> {
    const held = this.#held;
    let size = held.reduce((sum, chunk) => sum + chunk.length, 0);
    while (size < length) {
      const { done, value } = await this.#next();
      if (done) break;
      held.push(value);
      size += value.length;
    }
    const start = held.flatMap((chunk) => [...chunk.subarray(0, length)]);
    return new Uint8Array(start).subarray(0, length);
  }

  /** All of it, once. */
  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    while (this.#held.length > 0) yield this.#held.shift()!;
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
