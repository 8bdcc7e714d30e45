/**
 * Cross-origin isolation, which threads need, and offline use: both by the service worker.
 *
 * @module
 */

/** How many threads the networks may have here. */
export function threadsHere(): number {
  // Threads over shared memory fail now and then in Safari, silently.
  const isSafari = /^((?!chrome|chromium|android).)*safari/i.test(navigator.userAgent);
  return crossOriginIsolated && !isSafari ? Math.max(1, navigator.hardwareConcurrency) : 1;
}

/** How many pixels a picture may have here. */
export function maxPixelsHere(): number {
  const isPhone = /iphone|ipad|android/i.test(navigator.userAgent) ||
    (navigator.maxTouchPoints > 1 && /macintosh/i.test(navigator.userAgent));
  return isPhone ? 12e6 : 64e6;
}

/**
 * Registers the service worker. The first visit is loaded once more, so that the page comes through
 * the service worker and is isolated.
 */
export async function isolate(script: URL): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(script);
    await navigator.serviceWorker.ready;
  } catch {
    return; // Private windows refuse it: the page works without, on one thread.
  }
  if (crossOriginIsolated || sessionStorage.getItem("reloaded")) return;
  sessionStorage.setItem("reloaded", "yes");
  location.reload();
}
