/**
 * Requests items of a source ahead of time, while the items before them are being processed.
 *
 * @param count how many items to request ahead
 */
export async function* readAhead<T>(
  source: AsyncIterable<T>,
  count = 1,
): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = iterator.next();
    next.catch(() => {}); // Thrown when its turn comes.
    waiting.push(next);
  };
  try {
    for (let asked = 0; asked < count; asked++) ask();
    for (;;) {
      ask();
      const { done, value } = await waiting.shift()!;
      if (done) return;
      yield value;
    }
  } finally {
    iterator.return?.().catch(() => {}); // Not awaited: the source may be stuck.
  }
}
