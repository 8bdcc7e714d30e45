/** Reads lines and runs of bytes from a stream of chunks, without buffering more than that. */
export class ByteReader {
  #chunks: AsyncIterator<Uint8Array>;
  /** Bytes of the last chunk that have not been handed out. */
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /**
   * Reads up to a line break, as Latin-1.
   *
   * @param longest length of the longest line accepted, in bytes
   * @returns `null` at the end of the stream, `undefined` if no line break comes that soon
   */
  async line(longest: number): Promise<string | null | undefined> {
    let text = "";
    for (;;) {
      const end = this.#rest.indexOf(10);
      const part = this.#rest.subarray(0, end < 0 ? undefined : end);
      if (text.length + part.length > longest) return undefined;
      for (const byte of part) text += String.fromCharCode(byte);
      if (end >= 0) {
        this.#rest = this.#rest.subarray(end + 1);
        return text;
      }
      if (!await this.#more()) return text === "" ? null : undefined;
    }
  }

  /**
   * Reads exactly so many bytes, into memory of their own.
   *
   * @returns `null` at the end of the stream, `undefined` if it ends among these bytes
   */
  async exactly(length: number): Promise<Uint8Array<ArrayBuffer> | null | undefined> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (this.#rest.length === 0 && !await this.#more()) {
        return filled === 0 ? null : undefined;
      }
      const part = this.#rest.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    this.#rest = done ? new Uint8Array() : value;
    return !done;
  }
}
