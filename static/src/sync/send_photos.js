/** Which photo goes next, and when the server has it for good. */
import { recordById } from '../store/journal.js';
import { allPhotos, notePhoto, photoBytes, photoRow, removePhoto, waitingPhotos } from '../store/photos.js';
import { postRecords } from './send_records.js';
import { GRACE_MS } from './send_takes.js';
import { uploadWhole } from './upload.js';
import { NotVerifiedYet, unlessBlocked, wordOfServer } from './verified.js';

/** @typedef {import('../store/db.js').PhotoRow} PhotoRow */

/**
 * @param {(id: string) => boolean} mayTry
 * @returns {Promise<PhotoRow | null>} the oldest photo with something to send
 */
export async function nextPhoto(mayTry) {
  for (const photo of await waitingPhotos()) {
    if (photo.problem || !mayTry(photo.id)) continue;
    const state = (await recordById(photo.id))?.state;
    if (state === 'accepted') return photo;
    // Records are answered in their order: no later one has its answer yet.
    if (state === 'pending') return null;
  }
  return null;
}

/**
 * Sends one photo and has the server's word for it.
 * @param {PhotoRow} photo
 * @param {Omit<import('./upload.js').Sending, 'mime'> & {now: () => number}} run
 * @returns {Promise<void>}
 * @throws {NotVerifiedYet}
 */
export async function sendPhoto({ id, mime }, { now, ...run }) {
  const data = await photoBytes(id);
  if (!data) return notePhoto(id, { problem: 'lost' });
  await unlessBlocked(() => uploadWhole({ id, data, mime, ...run }), () => verifyPhoto(id, now()));
}

/**
 * Asks for the receipt again: only `verified` with this phone's own hash lets the phone go.
 * @param {string} id
 * @param {number} now device epoch milliseconds
 * @returns {Promise<void>}
 * @throws {NotVerifiedYet}
 */
export async function verifyPhoto(id, now) {
  const [photo, record] = await Promise.all([photoRow(id), recordById(id)]);
  if (!photo || record?.state !== 'accepted') throw new NotVerifiedYet('the record is not accepted');
  const [{ file }] = await postRecords([record]);
  const word = await wordOfServer(id, file, photo);
  return notePhoto(id, word === 'verified' ? { verifiedAt: now } : { problem: word });
}

/** @param {number} now device epoch milliseconds @returns {Promise<void>} */
export async function letPhotosGo(now) {
  for (const { id, verifiedAt } of await allPhotos()) {
    if (verifiedAt && now - verifiedAt > GRACE_MS) await removePhoto(id);
  }
}
