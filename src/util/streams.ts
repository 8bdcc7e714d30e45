/**
 * Streams, by what all runtimes have: `ReadableStream.from`, async iteration of streams and
 * `Response.bytes` are missing in some browsers.
 *
 * @module
 */

/** A stream of what an iterable gives. */
export function toStream<T>(items: AsyncIterable<T> | Iterable<T>): ReadableStream<T> {
  const iterator = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  return new ReadableStream<T>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
}

/** What a stream gives, item by item; the stream is canceled where the loop is left. */
export async function* readStream<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Nothing is lost where the stream has ended or failed.
    await reader.cancel().catch(() => {});
  }
}
