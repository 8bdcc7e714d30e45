/**
 * What is to be cleared away where the program is told to stop in the middle of its work.
 *
 * @module
 */

import { ExitCode } from "./errors.ts";

const cleanups = new Set<() => void>();

/** Has something done, at once and without waiting, if the program is told to stop before disposal. */
export function onInterruption(cleanup: () => void): Disposable {
  cleanups.add(cleanup);
  return { [Symbol.dispose]: () => void cleanups.delete(cleanup) };
}

/** Ends the program in order on Ctrl-C, and where the system or its terminal ends it. */
export function listenForInterruption(): void {
  // What shells report of a program that a signal has ended.
  const signals = { SIGINT: ExitCode.interrupted, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const [signal, code] of Object.entries(signals) as [keyof typeof signals, number][]) {
    if (Deno.build.os === "windows" && signal !== "SIGINT") continue;
    Deno.addSignalListener(signal, () => {
      for (const cleanup of cleanups) {
        try {
          cleanup();
        } catch {
          // The others are to have their turn.
        }
      }
      Deno.exit(code);
    });
  }
}
