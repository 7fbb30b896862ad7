/** The takes of this phone as the sync screen shows them. */
import { takeState } from '../store/evidence.js';
import { closingRecord, recordById } from '../store/journal.js';
import { parcelView } from '../store/snapshot.js';
import { allTakes } from '../store/takes.js';
import { uploadOf } from './upload.js';

/**
 * `problem`: `malformed` (the server cannot read the record), `quarantined` (this phone is blocked), `empty` (nothing
 * was filmed), `mismatch` (the server has other bytes, again and again).
 * @typedef {{takeId: string, parcel: string | null, orderNos: string[], startedMs: number, bytes: number,
 *   state: 'recording' | 'not_committed' | 'committed' | 'uploading' | 'verified' | 'problem', uploadedBytes: number,
 *   problem?: string}} Capture
 */

/** @returns {Promise<Capture[]>} newest first */
export async function captures() {
  const list = [];
  for (const take of (await allTakes()).reverse()) list.push(await captureOf(take));
  return list;
}

/** @param {import('../store/db.js').TakeRow} take @returns {Promise<Capture>} */
async function captureOf(take) {
  const { takeId, parcel, startedMs } = take;
  const [state, upload, opening, closing, view] = await Promise.all([
    takeState(takeId),
    uploadOf(takeId),
    recordById(takeId),
    closingRecord(takeId),
    parcel ? parcelView(parcel) : null,
  ]);
  const bytes = take.closed?.bytes ?? state?.bytes ?? 0;
  const known = { takeId, parcel, orderNos: view?.orders.map((order) => order.order_no) ?? [], startedMs, bytes };
  const progress = { uploadedBytes: take.verifiedAt ? bytes : upload.offset };
  const problem = problemOf(take, opening, closing);
  if (problem) return { ...known, ...progress, state: 'problem', problem };
  return { ...known, ...progress, state: stateOf(take, opening, closing, upload.offset) };
}

/** @typedef {import('../store/db.js').JournalRow | null} Row */

/** @param {import('../store/db.js').TakeRow} take @param {Row} opening @param {Row} closing @returns {string | null} */
function problemOf(take, opening, closing) {
  for (const problem of ['malformed', 'quarantined']) {
    if (opening?.state === problem || closing?.state === problem) return problem;
  }
  if (take.problem) return take.problem;
  return take.sealedBy && take.closed?.bytes === 0 ? 'empty' : null;
}

/**
 * @param {import('../store/db.js').TakeRow} take
 * @param {Row} opening
 * @param {Row} closing
 * @param {number} uploaded
 * @returns {Exclude<Capture['state'], 'problem'>}
 */
function stateOf(take, opening, closing, uploaded) {
  if (take.verifiedAt) return 'verified';
  if (!take.sealedBy) return 'recording';
  if (opening?.state !== 'accepted' || closing?.state !== 'accepted') return 'not_committed';
  return uploaded > 0 ? 'uploading' : 'committed';
}
