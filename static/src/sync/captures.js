/** The takes and photos of this phone as the sync screen shows them. */
import { openDb } from '../store/db.js';
import { takeState } from '../store/evidence.js';
import { closingRecord, recordById } from '../store/journal.js';
import { allPhotos } from '../store/photos.js';
import { parcelView } from '../store/snapshot.js';
import { allTakes } from '../store/takes.js';
import { uploadOf } from './upload.js';

/**
 * `problem`: `malformed` (the server cannot read the record), `quarantined` (this phone is blocked), `empty` (nothing
 * was filmed), `mismatch` (the server has other bytes, again and again), `lost` (the bytes are not here any more).
 * `n`: 1 for a take; photos stand together, those of a parcel that the server does not have by their state, and all that
 * it has in one. Their `takeId` is null, `startedMs` the oldest one's.
 * Records without bytes (arrivals, weights, verdicts) stand together while the server has not answered for them.
 * @typedef {{kind: 'take' | 'photos' | 'records', n: number, takeId: string | null, parcel: string | null, orderNos: string[],
 *   startedMs: number, bytes: number, uploadedBytes: number,
 *   state: 'recording' | 'not_committed' | 'committed' | 'uploading' | 'verified' | 'problem', problem?: string}} Capture
 */

/** @returns {Promise<Capture[]>} newest first */
export async function captures() {
  const list = [...(await photoGroups()), ...(await recordGroups())];
  for (const take of await allTakes()) list.push(await captureOf(take));
  return list.sort((a, b) => b.startedMs - a.startedMs);
}

/** What its own bytes, or a take's, speak for is listed with them. */
const WITH_BYTES = new Set(['photo', 'take', 'take-open']);

/** @returns {Promise<Capture[]>} */
async function recordGroups() {
  const groups = [];
  for (const state of /** @type {const} */ (['pending', 'malformed', 'quarantined'])) {
    const all = await (await openDb()).getAllFromIndex('journal', 'state', state);
    const rows = all.filter(({ kind }) => !WITH_BYTES.has(kind));
    if (rows.length === 0) continue;
    const startedMs = Math.min(...rows.map(({ at }) => at));
    const none = { takeId: null, parcel: null, orderNos: [], bytes: 0, uploadedBytes: 0 };
    const known = { kind: /** @type {const} */ ('records'), n: rows.length, startedMs, ...none };
    if (state === 'pending') groups.push({ ...known, state: /** @type {const} */ ('not_committed') });
    else groups.push({ ...known, state: /** @type {const} */ ('problem'), problem: state });
  }
  return groups;
}

/** @param {string | null} parcel @returns {Promise<string[]>} */
async function orderNosOf(parcel) {
  return (parcel && (await parcelView(parcel))?.orders.map((order) => order.order_no)) || [];
}

/** @returns {Promise<Capture[]>} */
async function photoGroups() {
  /** @type {Map<string, Capture>} */
  const groups = new Map();
  for (const { photo, state, problem, uploadedBytes } of await photoStates()) {
    const parcel = state === 'verified' ? null : photo.parcel;
    const key = [state, problem, parcel].join(' ');
    const group = groups.get(key) ?? {
      ...{ kind: 'photos', n: 0, takeId: null, parcel, orderNos: await orderNosOf(parcel), startedMs: photo.at },
      ...{ bytes: 0, uploadedBytes: 0, state, ...(problem && { problem }) },
    };
    group.n += 1;
    group.bytes += photo.bytes;
    group.uploadedBytes += uploadedBytes;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * @typedef {{photo: import('../store/db.js').PhotoRow, state: Exclude<Capture['state'], 'recording'>, problem?: string,
 *   uploadedBytes: number}} PhotoState
 */

/** One transaction for all: there may be thousands. @returns {Promise<PhotoState[]>} oldest first */
async function photoStates() {
  const photos = await allPhotos();
  const tx = (await openDb()).transaction(['journal', 'uploads']);
  const records = tx.objectStore('journal').index('id');
  return Promise.all(
    photos.map(async (photo) => {
      if (photo.verifiedAt) return { photo, state: /** @type {const} */ ('verified'), uploadedBytes: photo.bytes };
      const [record, upload] = await Promise.all([records.get(photo.id), tx.objectStore('uploads').get(photo.id)]);
      const uploadedBytes = upload?.offset ?? 0;
      const problem = record?.state === 'malformed' || record?.state === 'quarantined' ? record.state : photo.problem;
      if (problem) return { photo, state: /** @type {const} */ ('problem'), problem, uploadedBytes };
      if (record?.state !== 'accepted') return { photo, state: /** @type {const} */ ('not_committed'), uploadedBytes };
      return { photo, state: uploadedBytes > 0 ? /** @type {const} */ ('uploading') : /** @type {const} */ ('committed'), uploadedBytes };
    }),
  );
}

/** @param {import('../store/db.js').TakeRow} take @returns {Promise<Capture>} */
async function captureOf(take) {
  const { takeId, parcel, startedMs } = take;
  const [state, upload, opening, closing, orderNos] = await Promise.all([
    takeState(takeId),
    uploadOf(takeId),
    recordById(takeId),
    closingRecord(takeId),
    orderNosOf(parcel),
  ]);
  const bytes = take.closed?.bytes ?? state?.bytes ?? 0;
  const known = { kind: /** @type {const} */ ('take'), n: 1, takeId, parcel, orderNos, startedMs, bytes };
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
