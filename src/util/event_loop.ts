/** How long, in milliseconds, signals, timers and messages may wait. */
const PATIENCE = 10;

/** When the event loop had its last turn that was waited for here. */
let last = 0;

/**
 * Yields to the event loop, so that signals, timers and messages are handled. Long synchronous work,
 * as of codecs and networks in WebAssembly, would hold them all up until it ends. Where that was done
 * just before it is left out: a turn takes a millisecond or more, as long as a small picture.
 */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - last < PATIENCE) return;
  await new Promise((go) => setTimeout(go));
  last = performance.now();
}
