/// <reference lib="dom" />

/**
 * Adds the headers that isolate the page, as static hosts cannot, and keeps its files for offline
 * use.
 *
 * @module
 */

/** What is used of the global scope of a service worker. */
interface ServiceWorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

interface LifecycleEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = globalThis as unknown as ServiceWorkerScope;

/** Name of the cache, another one for each content of the files: the build puts it in front. */
declare const BUILD: string;

/** Files to be kept from the first visit on; the build puts them in front, too. */
declare const FILES: string[];

/** Headers that isolate the page, and with that allow threads. */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

scope.addEventListener("install", (event) => {
  event.waitUntil(keepFiles().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(dropOldFiles().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin) {
    event.respondWith(answer(request));
  }
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(BUILD);
  await Promise.all(FILES.map(async (path) => {
    const response = await fetch(path);
    if (response.ok) await cache.put(path, isolated(response));
  }));
}

async function dropOldFiles(): Promise<void> {
  for (const name of await caches.keys()) if (name !== BUILD) await caches.delete(name);
}

/**
 * From the cache, else from the host. A page and its parts are of one build: that of the service
 * worker, until the browser has found a newer one.
 */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(BUILD);
  const known = await cache.match(request, { ignoreSearch: true });
  if (known) return known;
  const response = isolated(await fetch(request));
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

function isolated(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
