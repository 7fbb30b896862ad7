/** Sends records and keeps what the server answers: the commitment goes first, the bytes later. */
import { markReceipt, pending, quarantined } from '../store/journal.js';
import { getSetting } from '../store/settings.js';
import { mustBeJson, signedFetch } from './api.js';
import { ApiError, Offline } from './errors.js';
import { settleKey } from './rotate.js';

/** @typedef {import('../store/db.js').JournalRow} JournalRow */
/** @typedef {import('../store/db.js').Receipt} Receipt */

const BATCH = 50;
const BATCH_CHARACTERS = 512 * 1024;
/** Refusals that speak of these very records; any other may pass (session, rate, a body damaged on its way). */
const BODY_REFUSED = new Set(['request_malformed', 'request_too_large', 'too_many_records']);

/**
 * Sends what waits, in order, until nothing waits.
 * @param {() => void} [onProgress]
 * @returns {Promise<number>} records answered for
 * @throws {Offline | ApiError | import('./errors.js').NotEnrolled}
 */
export async function sendPending(onProgress = () => undefined) {
  let sent = 0;
  for (;;) {
    // First: the server must know the key that signed what is read here.
    await settleKey();
    const batch = fitting(await pending(BATCH));
    if (batch.length === 0) return sent;
    await sendBatch(batch);
    sent += batch.length;
    onProgress();
  }
}

/**
 * Asks again about what was kept for the office: an owner may have released it.
 * @returns {Promise<{released: number, kept: number}>}
 * @throws {Offline | ApiError | import('./errors.js').NotEnrolled}
 */
export async function askAboutQuarantined() {
  const device = await getSetting('device');
  const own = async () => (await quarantined()).filter((row) => row.device === device);
  const rows = await own();
  for (let at = 0; at < rows.length; ) {
    const batch = fitting(rows.slice(at, at + BATCH));
    await sendBatch(batch);
    at += batch.length;
  }
  const kept = rows.length === 0 ? 0 : (await own()).length;
  return { released: rows.length - kept, kept };
}

/** @param {readonly JournalRow[]} rows @returns {JournalRow[]} at least one, as many as fit */
function fitting(rows) {
  const batch = [];
  let characters = 0;
  for (const row of rows) {
    characters += row.text.length + row.side.reduce((sum, { text }) => sum + text.length, 0);
    if (batch.length && characters > BATCH_CHARACTERS) break;
    batch.push(row);
  }
  return batch;
}

/**
 * A batch refused as a whole is halved until the record that the server cannot take stands alone; that one is kept,
 * marked and passed by.
 * @param {readonly JournalRow[]} batch
 * @returns {Promise<void>}
 */
async function sendBatch(batch) {
  try {
    await postRecords(batch);
  } catch (error) {
    const refused = error instanceof ApiError && BODY_REFUSED.has(error.code);
    // A proxy in between has its own limit, and says so without our words.
    const tooLarge = error instanceof Offline && error.status === 413;
    if (batch.length > 1 && (refused || tooLarge)) {
      const half = Math.ceil(batch.length / 2);
      await sendBatch(batch.slice(0, half));
      return sendBatch(batch.slice(half));
    }
    if (!refused) throw error;
    const { code, message } = error;
    const [{ id, hash }] = batch;
    await markReceipt(id, { id, state: 'malformed', record: hash, error: { code, message } });
  }
}

/**
 * @param {readonly JournalRow[]} rows
 * @returns {Promise<Receipt[]>} in the same order, kept in the journal
 */
export async function postRecords(rows) {
  const records = rows.map(({ text, signature, side }) => ({ text, signature, side }));
  const { receipts } = mustBeJson(await signedFetch('POST', '/records', { json: { records } }));
  checkReceipts(rows, receipts);
  for (const [i, row] of rows.entries()) await markReceipt(row.id, { ...receipts[i], id: row.id });
  return receipts;
}

/**
 * A receipt counts only when it names the bytes that were sent.
 * @param {readonly JournalRow[]} rows
 * @param {unknown} receipts
 */
function checkReceipts(rows, receipts) {
  if (!Array.isArray(receipts) || receipts.length !== rows.length) throw new Offline('not a receipt for each record');
  for (const [i, { state, record }] of receipts.entries()) {
    const kept = state === 'accepted' || state === 'quarantined';
    const known = state === 'malformed' || (kept && record === rows[i].hash);
    if (!known) throw new Offline(`a receipt that is not for ${rows[i].id}`);
  }
}
