/**
 * What has to be cleared away if the process is told to stop in the middle of its work.
 *
 * @module
 */

const cleanups = new Set<() => void>();

/** Registers a synchronous cleanup, to run if the process is interrupted before it is disposed. */
export function onInterruption(cleanup: () => void): Disposable {
  cleanups.add(cleanup);
  return { [Symbol.dispose]: () => void cleanups.delete(cleanup) };
}

/** Runs all registered cleanups; one that fails does not keep the others from running. */
export function runCleanups(): void {
  for (const cleanup of cleanups) {
    try {
      cleanup();
    } catch {
      // Nothing more can be done: the process is about to end.
    }
  }
}
