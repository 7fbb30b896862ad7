/** Puts records into the journal, signed with this device's key, and wakes the upload. */

import { mono, tzMinutesEast, wall } from '../device/clock.js';
import { signRaw } from '../device/keys.js';
import { storageIsLost } from '../store/db.js';
import { StorageLost } from '../store/errors.js';
import { appendRecord } from '../store/journal.js';
import { loadKey } from '../store/keys.js';
import { poke } from '../sync/drain.js';
import { instant } from './count_drafts.js';

/** @typedef {import('../store/journal.js').RecordDraft} RecordDraft */

/** @param {number} bytes */
const random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

/**
 * What the journal needs of the outside: this device's signature, randomness, the time of writing.
 * @returns {Promise<import('../store/journal.js').Means>}
 * @throws {Error} not enrolled
 */
export async function recordMeans() {
  await deviceKey();
  // Loaded when it signs, under the journal's lock: the key may have been changed since.
  return { sign: async (text) => signRaw((await deviceKey()).privateKey, text), random, now: wall() };
}

async function deviceKey() {
  const pair = await loadKey();
  if (!pair) throw storageIsLost() ? new StorageLost() : new Error('this device has no key');
  return pair;
}

/**
 * @param {RecordDraft} draft
 * @returns {Promise<{ id: string, hash: string }>} `hash`: `sha256:` of the record's text
 * @throws {Error} not enrolled, or storage refused
 */
export async function keepRecord(draft) {
  const kept = await appendRecord(draft, await recordMeans());
  poke();
  return kept;
}

/** Now, by both clocks, as a record's span. */
export function nowSpan() {
  const at = wall();
  return instant({ mono: mono(), wall: at, tz: tzMinutesEast(at) });
}
