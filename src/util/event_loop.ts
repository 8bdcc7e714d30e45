/**
 * Yields to the event loop once, so that signals, timers and messages are handled. Long synchronous
 * work, as of codecs and networks in WebAssembly, would hold them all up until it ends.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}
