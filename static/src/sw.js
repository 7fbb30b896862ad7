/**
 * Lets the app open without a network. By hand: the build tells the files (`self.__ASSETS__`), `addAll` is atomic.
 * No `skipWaiting` at install: a new version waits until the person agrees, never in the middle of a take.
 */

import { TAG } from './device/background_sync.js';
import { sendInBackground } from './sync/background.js';
import { keepShared } from './device/shared_files.js';

const worker = /** @type {ServiceWorkerGlobalScope & { __ASSETS__: string[], __BUILD__: string }} */ (
  /** @type {unknown} */ (self)
);
const FILES = self.__ASSETS__;
const CACHE = `dockproof-${self.__BUILD__}`;
const SHELLS = ['/scan', '/enrol'];
/** What a label's QR opens: the server's page, and without a network the app. */
const LABEL = /^\/[Ll]\/[0-9A-Za-z-]+\/?$/;
/** Files whose name holds their hash: whatever build they are of, they are never out of date. */
const ASSET = /^\/assets\//;
/** The addresses that the phone's shell answers; the desk's pages are never cached. */
const PHONE = /^\/(scan|enrol|captures|this-phone|parcel\/[0-9a-f]+)\/?$/;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...FILES, ...SHELLS])));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

/** All but this build's files and those of the build before it, which another tab may still be running. */
async function dropOld() {
  const others = (await caches.keys()).filter((name) => name.startsWith('dockproof-') && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

// Not in the types of every TypeScript: only some browsers have it.
worker.addEventListener(/** @type {any} */ ('sync'), (/** @type {any} */ event) => {
  if (event.tag === TAG) event.waitUntil(sendInBackground());
});

worker.addEventListener('message', (event) => {
  if (event.data === 'use-new-version') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === 'POST' && url.origin === location.origin && url.pathname === '/share-in') {
    event.respondWith(shared(event.request));
    return;
  }
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  if (event.request.mode === 'navigate' && PHONE.test(url.pathname)) {
    event.respondWith(shell(url.pathname).then((kept) => kept ?? fetch(event.request)));
  } else if (event.request.mode === 'navigate' && LABEL.test(url.pathname)) {
    event.respondWith(fetch(event.request).catch(async () => (await shell(url.pathname)) ?? Response.error()));
  } else if (FILES.includes(url.pathname) || ASSET.test(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(event.request)));
  }
});

/**
 * A share from another app: kept here, then the page that files it opens.
 * @param {Request} request
 */
async function shared(request) {
  await keepShared(request, Date.now());
  return Response.redirect('/share-in', 303);
}

/**
 * The shell of the build that this worker belongs to, with a network too: a newer one names files that are not here, and
 * would be an update that nobody agreed to.
 * @param {string} path
 * @returns {Promise<Response | undefined>}
 */
async function shell(path) {
  const own = await caches.open(CACHE);
  return own.match(path.startsWith('/enrol') ? '/enrol' : '/scan');
}
