/**
 * Cross-origin isolation, which threads need, and offline use: both by the service worker.
 *
 * @module
 */

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
  await new Promise(() => {}); // Nothing is loaded twice.
}
