import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { askToKeepStorage, minutesLeft } from '../../static/src/device/capabilities.js';
import { install, installState, storageIsKept, watchInstall } from '../../static/src/device/install.js';

/** @type {any} */
const page = globalThis;
/** What this browser offers. @param {Record<string, unknown>} offer */
function browserWith({ standalone = undefined, displayed = false, ...offer } = {}) {
  const navigator = { ...offer, ...(standalone === undefined ? {} : { standalone }) };
  Object.defineProperty(page, 'navigator', { value: navigator, configurable: true });
  page.matchMedia = () => ({ matches: displayed });
}

/** @type {Map<string, (event: unknown) => void>} */
const listeners = new Map();
page.addEventListener = (/** @type {string} */ name, /** @type {any} */ listener) => listeners.set(name, listener);

test('keeping is asked for, and the answer is the browser\'s own', async () => {
  let asked = 0;
  const storage = (/** @type {boolean} */ kept) => ({ persist: async () => ((asked += 1), kept), persisted: async () => kept });
  for (const kept of [true, false]) {
    browserWith({ storage: storage(kept) });
    assert.deepEqual([await askToKeepStorage(), await storageIsKept()], [kept, kept]);
  }
  assert.equal(asked, 2);
  browserWith({ storage: { persist: () => Promise.reject(new TypeError('not here')), persisted: () => Promise.reject(new TypeError()) } });
  assert.deepEqual([await askToKeepStorage(), await storageIsKept()], [false, null]);
  browserWith({});
  assert.deepEqual([await askToKeepStorage(), await storageIsKept()], [false, null], 'a browser that knows of neither');
});

test('minutes of film that fit, never below none, and null where nobody says', async () => {
  const minute = 0.3 * 1024 * 1024 * 60;
  const left = (/** @type {Record<string, number>} */ told) => {
    browserWith({ storage: { estimate: async () => told } });
    return minutesLeft();
  };
  assert.equal(await left({ quota: 20 * minute, usage: 8.5 * minute }), 11);
  assert.equal(await left({ quota: minute, usage: 3 * minute }), 0);
  assert.equal(await left({}), null);
  browserWith({});
  assert.equal(await minutesLeft(), null);
});

test('the way onto the home screen follows from what the browser offers', async () => {
  watchInstall(() => undefined);
  browserWith({});
  assert.equal(installState(), 'none');
  browserWith({ serviceWorker: {} });
  assert.equal(installState(), 'menu');
  browserWith({ serviceWorker: {}, standalone: false });
  assert.equal(installState(), 'share');
  listeners.get('beforeinstallprompt')?.({ preventDefault: () => undefined, prompt: async () => ({ outcome: 'accepted' }) });
  assert.equal(installState(), 'prompt');
  assert.equal(await install(), true);
  assert.equal(installState(), 'share', 'a prompt is offered once');
  browserWith({ serviceWorker: {}, displayed: true });
  assert.equal(installState(), 'installed');
  browserWith({ serviceWorker: {}, standalone: true });
  assert.equal(installState(), 'installed');
});

test('no browser is asked for its name', () => {
  const root = new URL('../../static/src/', import.meta.url);
  const files = readdirSync(root, { recursive: true }).map(String).filter((name) => name.endsWith('.js'));
  assert.ok(files.length > 100);
  const named = files.filter((name) => /userAgent|navigator\.(vendor|appVersion|platform)\b/.test(readFileSync(new URL(name, root), 'utf-8')));
  assert.deepEqual(named, []);
});
