/** What became of each photo on this phone, and its bytes. The journal adds them, in the transaction of their record. */
import { openDb, write } from './db.js';

/** @typedef {import('./db.js').PhotoRow} PhotoRow */

/** @param {string} id of the photo's record @returns {Promise<ArrayBuffer | null>} null: not here (any more) */
export async function photoBytes(id) {
  return (await (await openDb()).get('photo_bytes', id))?.data ?? null;
}

/** Every photo whose bytes are here, oldest first; without the bytes. @returns {Promise<PhotoRow[]>} */
export async function allPhotos() {
  const rows = await (await openDb()).getAll('photos');
  return rows.sort((a, b) => a.at - b.at);
}

/** @param {string} id of the record @returns {Promise<PhotoRow | null>} */
export async function photoRow(id) {
  return (await (await openDb()).get('photos', id)) ?? null;
}

/** Photos whose bytes the server has not verified, oldest first. @returns {Promise<PhotoRow[]>} */
export async function waitingPhotos() {
  return (await openDb()).getAllFromIndex('photos', 'waiting');
}

/** @returns {Promise<number>} */
export async function countWaitingPhotos() {
  return (await openDb()).countFromIndex('photos', 'waiting');
}

/** @param {string} id @param {{verifiedAt: number} | {problem: string}} change @returns {Promise<void>} */
export async function notePhoto(id, change) {
  await write(['photos'], async (tx) => {
    const store = tx.objectStore('photos');
    const row = await store.get(id);
    if (!row) return;
    if ('verifiedAt' in change) delete row.waiting;
    await store.put({ ...row, ...change });
  });
}

/**
 * Lets a photo's bytes go. Only sync calls this, long after the server said `verified` with the same hash.
 * @param {string} id
 * @returns {Promise<void>}
 */
export async function removePhoto(id) {
  await write(['photos', 'photo_bytes', 'uploads'], async (tx) => {
    const row = await tx.objectStore('photos').get(id);
    if (!row?.verifiedAt) throw new Error(`photo ${id} is not verified`);
    await tx.objectStore('photo_bytes').delete(id);
    await tx.objectStore('uploads').delete(id);
    await tx.objectStore('photos').delete(id);
  });
}
