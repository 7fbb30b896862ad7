/** What became of each take on this phone. */
import { openDb, write } from './db.js';

/** @typedef {import('./db.js').TakeRow} TakeRow */

/** Every take whose bytes are here, oldest first. @returns {Promise<TakeRow[]>} */
export async function allTakes() {
  const rows = await (await openDb()).getAll('takes');
  return rows.sort((a, b) => a.startedMs - b.startedMs);
}

/** @param {string} takeId @param {Pick<TakeRow, 'verifiedAt'> | Pick<TakeRow, 'problem'>} change @returns {Promise<void>} */
export async function noteTake(takeId, change) {
  await write(['takes'], async (tx) => {
    const store = tx.objectStore('takes');
    const row = await store.get(takeId);
    if (row) await store.put({ ...row, ...change });
  });
}
