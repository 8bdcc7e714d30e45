/**
 * Items of a source, each asked for while the one before it is worked on.
 *
 * @param count items that may be waiting
 */
export async function* readAhead<T>(
  source: AsyncIterable<T>,
  count = 1,
): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const waiting: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = iterator.next();
    next.catch(() => {}); // Thrown where its turn comes.
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
    iterator.return?.().catch(() => {}); // Not waited for: its source may have come to a halt.
  }
}
