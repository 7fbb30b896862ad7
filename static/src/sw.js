/**
 * Lets the app open without a network. By hand: the build tells the files (`self.__ASSETS__`), `addAll` is atomic.
 * No `skipWaiting` at install: a new version waits until the person agrees, never in the middle of a take.
 */

const worker = /** @type {ServiceWorkerGlobalScope & { __ASSETS__: string[], __BUILD__: string }} */ (
  /** @type {unknown} */ (self)
);
const FILES = self.__ASSETS__;
const CACHE = `dockproof-${self.__BUILD__}`;
const SHELLS = ['/scan', '/enrol'];
/** The addresses that the phone's shell answers; the desk's pages are never cached. */
const PHONE = /^\/(scan|enrol|captures|parcel\/[0-9a-f]+)\/?$/;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...FILES, ...SHELLS])));
});

worker.addEventListener('activate', (event) => {
  const old = (/** @type {string} */ name) => name.startsWith('dockproof-') && name !== CACHE;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', (event) => {
  if (event.data === 'use-new-version') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  if (event.request.mode === 'navigate' && PHONE.test(url.pathname)) {
    event.respondWith(shell(event.request, url.pathname));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
  }
});

/**
 * The shell names the files of its build, so a page from the network may only be used while its files can be had: the
 * cached shell stands in after three seconds of silence.
 * @param {Request} request
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function shell(request, path) {
  const kept = async () => (await caches.match(path.startsWith('/enrol') ? '/enrol' : '/scan')) ?? Response.error();
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout?.(3000) ?? null });
    return answer.ok ? answer : await kept();
  } catch {
    return kept();
  }
}
