/** Which take's bytes go next, and when the server has them for good. */
import { bareHash } from '../store/snapshot.js';
import { removeTake } from '../store/evidence.js';
import { closingRecord, recordById } from '../store/journal.js';
import { mimeOf } from '../store/take_mime.js';
import { allTakes, noteTake } from '../store/takes.js';
import { postRecords } from './send_records.js';
import { startOver, uploadOf, uploadTake } from './upload.js';

/** @typedef {import('../store/db.js').TakeRow} TakeRow */

/** Bytes stay on the phone this long after the server has verified them. */
export const GRACE_MS = 72 * 3_600_000;
/** Sent whole so often, and the server still has other bytes: somebody must look. */
const RESTARTS = 2;

/** The server does not have the bytes yet, though all were sent; asked again later. */
export class NotVerifiedYet extends Error {}

/**
 * @param {(takeId: string) => boolean} mayTry
 * @returns {Promise<TakeRow | null>} the oldest take with something to send
 */
export async function nextTake(mayTry) {
  for (const take of await allTakes()) {
    if (take.verifiedAt || take.problem || take.closed?.bytes === 0 || !mayTry(take.takeId)) continue;
    // Filming may not have begun: the take-open record is written first.
    if (!take.backend) continue;
    if ((await recordById(take.takeId))?.state === 'accepted') return take;
  }
  return null;
}

/**
 * Sends one take to its end and has the server's word for it.
 * @param {TakeRow} take
 * @param {{signal: AbortSignal, onProgress: () => void, now: () => number}} run
 * @returns {Promise<void>}
 */
export async function sendTake({ takeId }, { signal, onProgress, now }) {
  await uploadTake({ takeId, mime: await mimeOf(takeId), signal, onProgress });
  await verifyTake(takeId, now());
}

/**
 * Asks for the receipt again: only `verified` with this phone's own hash lets the phone go.
 * @param {string} takeId
 * @param {number} now device epoch milliseconds
 * @returns {Promise<void>}
 * @throws {NotVerifiedYet}
 */
export async function verifyTake(takeId, now) {
  const take = (await allTakes()).find((row) => row.takeId === takeId);
  const closing = await closingRecord(takeId);
  if (!take?.closed || closing?.state !== 'accepted') throw new NotVerifiedYet('the closing record is not accepted');
  const { serverSha256, restarts } = await uploadOf(takeId);
  const [{ file }] = await postRecords([closing]);
  const said = file && bareHash(file.sha256);
  const wrong = file?.state === 'mismatch' || (serverSha256 !== null && serverSha256 !== take.closed.sha256);
  if (!wrong && file?.state === 'verified' && said === take.closed.sha256 && file.bytes === take.closed.bytes) {
    return noteTake(takeId, { verifiedAt: now });
  }
  if (!wrong) throw new NotVerifiedYet(`the server says ${file?.state ?? 'nothing'}`);
  if (restarts >= RESTARTS) return noteTake(takeId, { problem: 'mismatch' });
  await startOver(takeId);
  throw new NotVerifiedYet('the server has other bytes');
}

/** @param {number} now device epoch milliseconds @returns {Promise<void>} */
export async function letGo(now) {
  for (const { takeId, verifiedAt } of await allTakes()) {
    if (verifiedAt && now - verifiedAt > GRACE_MS) await removeTake(takeId);
  }
}
