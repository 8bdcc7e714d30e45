/**
 * Lets signals, timers and messages have their turn: work that waits for nothing else, as that of
 * codecs and networks in WebAssembly, keeps them all waiting to its end.
 */
export function giveTurn(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}
