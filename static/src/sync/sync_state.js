/** What sync tells its watchers, in every tab: the one that works says it to the others. */
import { countRecords } from '../store/journal.js';
import { countWaitingPhotos } from '../store/photos.js';
import { allTakes } from '../store/takes.js';

/**
 * `online`: whether the server's own body was last seen (null: not asked yet). `unverified`: takes and photos whose bytes the
 * server has not verified. `error`: code of a refusal that lasts, null otherwise.
 * @typedef {{online: boolean | null, sending: boolean, error: string | null,
 *   pending: number, malformed: number, unverified: number}} SyncState
 */

/** @type {SyncState} */
let state = { online: null, sending: false, error: null, pending: 0, malformed: 0, unverified: 0 };
/** Apart from `state`: counting takes a while, and two pieces of news must not undo each other meanwhile. @type {Pick<SyncState, 'online' | 'sending' | 'error'>} */
let news = { online: null, sending: false, error: null };
/** @type {Set<(state: SyncState) => void>} */
const listeners = new Set();
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('dockproof-sync');
/** @type {() => void} */
let onPoke = () => undefined;

channel?.addEventListener('message', ({ data }) => {
  if (data === 'poke') return onPoke();
  news = data;
  void tell();
});

/** @returns {Promise<void>} */
async function tell() {
  const [pending, malformed, takes, photos] = await Promise.all([
    countRecords('pending'),
    countRecords('malformed'),
    allTakes(),
    countWaitingPhotos(),
  ]);
  const films = takes.filter((take) => !take.verifiedAt && !(take.sealedBy && take.closed?.bytes === 0)).length;
  const unverified = films + photos;
  state = { ...news, pending, malformed, unverified };
  for (const listener of listeners) listener(state);
}

/** Code of the refusal that lasts, if any. @returns {string | null} */
export function lastError() {
  return news.error;
}

/**
 * @param {Partial<Pick<SyncState, 'online' | 'sending' | 'error'>>} change
 * @returns {Promise<void>}
 */
export async function noteState(change) {
  news = { ...news, ...change };
  channel?.postMessage(news);
  await tell();
}

/**
 * @param {(state: SyncState) => void} listener told at once what is known
 * @returns {() => void} stops listening
 */
export function onState(listener) {
  listeners.add(listener);
  listener(state);
  return () => void listeners.delete(listener);
}

/** Something is there to send: wakes the runner, in whatever tab it is. */
export function poke() {
  onPoke();
  channel?.postMessage('poke');
  // A screen that just wrote a record shows the new count without waiting for the runner.
  void tell();
}

/** @param {() => void} ring what a poke does in this tab */
export function whenPoked(ring) {
  onPoke = ring;
}
