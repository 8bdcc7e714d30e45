/**
 * What is to be cleared away where the program is told to stop in the middle of its work.
 *
 * @module
 */

const cleanups = new Set<() => void>();

/** Has something done, at once and without waiting, if the program is told to stop before disposal. */
export function onInterruption(cleanup: () => void): Disposable {
  cleanups.add(cleanup);
  return { [Symbol.dispose]: () => void cleanups.delete(cleanup) };
}

/** Does what is to be done before the program ends. */
export function clearAway(): void {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // The others are to have their turn.
    }
  }
}
