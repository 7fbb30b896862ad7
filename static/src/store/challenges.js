/** Challenges the server issued ahead, so that a take filmed offline still shows that it was made after one. */
import { wall } from '../device/clock.js';
import { openDb, write } from './db.js';
import { getSetting } from './settings.js';

/** @typedef {import('./db.js').Challenge} Challenge */

/** How many lie ready. */
export const POOL = 20;

/** @param {readonly Challenge[]} list @returns {Promise<void>} */
export async function addChallenges(list) {
  await write(['challenges'], async (tx) => {
    for (const { id, note, expires } of list) await tx.objectStore('challenges').put({ id, note, expires });
  });
}

/**
 * Takes one out of the pool: it is used once, also when the take then fails.
 * @param {number} [now] device epoch milliseconds
 * @returns {Promise<string | null>} its id, the soonest to expire; null when none is left
 */
export async function takeChallenge(now = wall()) {
  const serverNow = now + ((await getSetting('offset'))?.ms ?? 0);
  return write(['challenges'], async (tx) => {
    const store = tx.objectStore('challenges');
    const kept = (await store.getAll()).sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires));
    const stale = kept.filter(({ expires }) => Date.parse(expires) <= serverNow);
    const next = kept[stale.length];
    for (const { id } of next ? [...stale, next] : stale) await store.delete(id);
    return next?.id ?? null;
  });
}

/** @returns {Promise<number>} */
export async function countChallenges() {
  return (await openDb()).count('challenges');
}
