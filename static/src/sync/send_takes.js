/** Which take's bytes go next, and when the server has them for good. */
import { BytesUnreadable } from '../store/errors.js';
import { readRange, removeTake } from '../store/evidence.js';
import { closingRecord, recordById } from '../store/journal.js';
import { readParcel } from '../store/snapshot_rows.js';
import { mimeOf } from '../store/take_mime.js';
import { allTakes, noteTake } from '../store/takes.js';
import { postRecords } from './send_records.js';
import { uploadTake } from './upload.js';
import { NotVerifiedYet, unlessBlocked, wordOfServer } from './verified.js';

/** @typedef {import('../store/db.js').TakeRow} TakeRow */

/** Bytes stay on the phone this long after the server has verified them. */
export const GRACE_MS = 72 * 3_600_000;

/** The receiver's own limit for goods that nobody has told one for. */
const DAY_MS = 24 * 3_600_000;

/** @param {TakeRow} take @returns {Promise<number>} epoch milliseconds until which its goods are to be documented */
async function dueOf({ parcel, startedMs }) {
  const told = parcel ? (await readParcel(parcel))?.act_by : null;
  return told ? Date.parse(told) : startedMs + DAY_MS;
}

/** @returns {Promise<TakeRow[]>} the one that is due first comes first */
async function byDue() {
  const takes = await allTakes();
  const due = await Promise.all(takes.map(dueOf));
  return takes.map((take, i) => ({ take, due: due[i] })).sort((a, b) => a.due - b.due).map(({ take }) => take);
}

/**
 * @param {(takeId: string) => boolean} mayTry
 * @returns {Promise<TakeRow | null>} of the takes with something to send the one that is due first
 */
export async function nextTake(mayTry) {
  for (const take of await byDue()) {
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
 * @param {Omit<import('./upload.js').Sending, 'mime'> & {now: () => number}} run
 * @returns {Promise<void>}
 */
export async function sendTake({ takeId, closed }, { now, ...run }) {
  if (closed && (await isGone(takeId))) return noteTake(takeId, { problem: 'lost' });
  await unlessBlocked(async () => uploadTake({ takeId, mime: await mimeOf(takeId), ...run }), () => verifyTake(takeId, now()));
}

/** The browser, or somebody, deleted the file and left its row. @param {string} takeId @returns {Promise<boolean>} */
async function isGone(takeId) {
  try {
    await readRange(takeId, 0, 1);
    return false;
  } catch (error) {
    // Whatever may pass is no reason to give a film up.
    return error instanceof BytesUnreadable && error.gone;
  }
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
  const [{ file }] = await postRecords([closing]);
  const word = await wordOfServer(takeId, file, take.closed);
  return noteTake(takeId, word === 'verified' ? { verifiedAt: now } : { problem: word });
}

/** @param {number} now device epoch milliseconds @returns {Promise<void>} */
export async function letGo(now) {
  for (const { takeId, verifiedAt } of await allTakes()) {
    if (verifiedAt && now - verifiedAt > GRACE_MS) await removeTake(takeId);
  }
}
