/** Each item of a sequence, and the one after it; none after the last. */
export async function* withNext<T>(
  items: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<[item: T, next: T | undefined], void, void> {
  let waiting: [T] | undefined;
  for await (const item of items) {
    if (waiting) yield [waiting[0], item];
    waiting = [item];
  }
  if (waiting) yield [waiting[0], undefined];
}
