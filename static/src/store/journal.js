/**
 * The device's chain of signed records: gapless, each naming the one before. Rows are never deleted; what is kept
 * here is what a later reader may ask for.
 */
import { buildHash } from '../core/assets.js';
import { base64url } from '../core/base64.js';
import { hexOf, newId } from '../core/ids.js';
import { RecordError, recordHash, recordText } from '../core/record.js';
import { PHOTO_KINDS } from '../core/record_kinds.js';
import { bootId } from '../device/clock.js';
import { openDb, storageIsLost, write } from './db.js';
import { StorageLost, TakeSealed } from './errors.js';
import { withLock } from './locks.js';
import { noteSigned } from './phone_note.js';
import { getSetting } from './settings.js';

/** @typedef {import('./db.js').JournalRow} JournalRow */
/** @typedef {import('./db.js').Receipt} Receipt */
/** @typedef {import('../core/record.js').RecordFields} RecordFields */

/**
 * What the caller knows of a record. `device`, `site`, `worker` and `offset` left out are those of the settings,
 * `boot` and `app` those of this page; any other key left out is `-`. `side`: the side files that travel with it.
 * @typedef {Partial<Omit<RecordFields, 'id' | 'seq' | 'prev' | 'salt'>>
 *   & Pick<RecordFields, 'kind' | 'mono' | 'wall'>
 *   & {side?: {name: string, text: string}[]}} RecordDraft
 */
/**
 * `sign` answers raw r‖s over the text; `now` is device epoch milliseconds.
 * @typedef {{sign: (text: string) => Promise<Uint8Array>, random: import('../core/ids.js').Random, now: number}} Means
 */

/**
 * Builds, signs and keeps the next record; of a photo with its bytes, both or neither. Signing cannot happen inside a transaction (IndexedDB closes it at the
 * first foreign await), so: read the head, sign, then one transaction that fails when the head has moved, and again.
 * @param {RecordDraft} draft
 * @param {Means} means
 * @param {ArrayBuffer | null} [data] the bytes of a photo's `file`
 * @returns {Promise<{id: string, seq: number, hash: string, text: string}>}
 * @throws {import('../core/record.js').RecordError | TakeSealed | StorageLost | import('./errors.js').StorageFull}
 */
export async function appendRecord(draft, { sign, random, now }, data = null) {
  const { side = [], ...known } = draft;
  if (PHOTO_KINDS.has(draft.kind) !== Boolean(data)) throw new RecordError(`${draft.kind} and bytes do not go together`);
  if (data && data.byteLength !== draft.file?.bytes) throw new RecordError('other bytes than the record says');
  const base = await filledIn(known);
  const id = newId(random);
  const salt = hexOf(random, 16);
  return withLock('journal', async () => {
    for (;;) {
      const head = await headOf(base.device);
      const fields = { ...base, id, salt, seq: (head?.seq ?? 0) + 1, prev: head?.hash ?? null };
      const text = recordText(fields);
      const signature = base64url(await sign(text));
      const hash = recordHash(text);
      const row = journalRow(fields, { text, signature, hash, side, at: now });
      if (!(await addRow(row, fields, data))) continue;
      noteSigned(base.device, fields.seq);
      return { id, seq: fields.seq, hash, text };
    }
  });
}

/**
 * @param {Omit<RecordDraft, 'side'>} known
 * @returns {Promise<Omit<RecordFields, 'id' | 'seq' | 'prev' | 'salt'>>}
 */
async function filledIn(known) {
  const [device, site, worker, offset] = await Promise.all([
    getSetting('device'),
    getSetting('site'),
    getSetting('worker'),
    getSetting('offset'),
  ]);
  if (!device && storageIsLost()) throw new StorageLost();
  const none = { order: null, parcel: null, slot: null, challenge: null, label: null };
  return {
    ...none,
    ...{ file: null, chunks: null, events: null, supersedes: null },
    ...{ boot: bootId(), app: buildHash() },
    device: device ?? '-',
    site: site?.id ?? '-',
    worker: worker?.id ?? null,
    offset: offset && { ms: offset.ms, pm: offset.pm },
    ...known,
  };
}

/** @param {string} device @returns {Promise<number>} the number of its last record, 0 before the first */
export async function lastSigned(device) {
  return (await headOf(device))?.seq ?? 0;
}

/**
 * @param {string} device
 * @returns {Promise<JournalRow | null>} the newest row
 */
async function headOf(device) {
  const index = (await openDb()).transaction('journal').store;
  const cursor = await index.openCursor(IDBKeyRange.bound([device, 0], [device, Infinity]), 'prev');
  return cursor?.value ?? null;
}

/**
 * @param {RecordFields} fields
 * @param {Pick<JournalRow, 'text' | 'signature' | 'hash' | 'side' | 'at'>} written
 * @returns {JournalRow}
 */
function journalRow({ device, seq, id, kind, parcel, opens }, written) {
  return { device, seq, id, kind, parcel, opens: opens ?? null, ...written, state: 'pending', receipt: null };
}

/**
 * The row, and with it in one transaction what it says of a take or photo: every take-open has a take row, every take
 * closes one, every photo has its bytes.
 * @param {JournalRow} row
 * @param {RecordFields} fields
 * @param {ArrayBuffer | null} data of a photo
 * @returns {Promise<boolean>} false: the head has moved meanwhile
 */
function addRow(row, fields, data) {
  return write(['journal', 'takes', 'photos', 'photo_bytes'], async (tx) => {
    const journal = tx.objectStore('journal');
    if (await journal.getKey([row.device, row.seq])) return false;
    if (row.opens && !fields.supersedes && (await journal.index('opens').getKey(row.opens))) {
      throw new TakeSealed(row.opens);
    }
    await journal.add(row);
    if (data) {
      await tx.objectStore('photos').add(newPhoto(fields, row.at));
      await tx.objectStore('photo_bytes').add({ id: row.id, data });
    }
    const takes = tx.objectStore('takes');
    if (row.kind === 'take-open') await takes.add(newTake(fields));
    const opened = row.opens && (await takes.get(row.opens));
    if (opened) {
      delete opened.open;
      await takes.put({ ...opened, sealedBy: row.id });
    }
    return true;
  });
}

/** @param {RecordFields} fields of a take-open @returns {import('./db.js').TakeRow} */
function newTake({ id, parcel, order, wall }) {
  const start = { takeId: id, open: /** @type {const} */ (1), parcel, order, startedMs: wall.start };
  return { ...start, mime: '', lines: [], backend: null, closed: null, sealedBy: null, verifiedAt: null, problem: null };
}

/** @param {RecordFields} fields of a photo @param {number} at @returns {import('./db.js').PhotoRow} */
function newPhoto({ id, parcel, slot, file }, at) {
  const { sha256, bytes, mime } = file ?? { sha256: '', bytes: 0, mime: '' };
  return { id, sha256, bytes, mime, parcel, slot: slot ?? '', at, waiting: at, verifiedAt: null, problem: null };
}

/**
 * Records the server has not answered for, oldest first.
 * @param {number} [limit]
 * @returns {Promise<JournalRow[]>}
 */
export async function pending(limit = 50) {
  return (await openDb()).getAllFromIndex('journal', 'state', 'pending', limit);
}

/** What the server keeps apart since it blocked this phone. @returns {Promise<JournalRow[]>} */
export async function quarantined() {
  return (await openDb()).getAllFromIndex('journal', 'state', 'quarantined');
}

/** @param {'pending' | 'accepted' | 'malformed' | 'quarantined'} state @returns {Promise<number>} */
export async function countRecords(state) {
  return (await openDb()).countFromIndex('journal', 'state', state);
}

/** @param {string} id @returns {Promise<JournalRow | null>} */
export async function recordById(id) {
  return (await (await openDb()).getFromIndex('journal', 'id', id)) ?? null;
}

/** The record that closed a take. @param {string} takeId @returns {Promise<JournalRow | null>} the newest, if superseded */
export async function closingRecord(takeId) {
  const rows = await (await openDb()).getAllFromIndex('journal', 'opens', takeId);
  return rows[rows.length - 1] ?? null;
}

/** What this phone recorded of a parcel, oldest first. @param {string} parcel @returns {Promise<JournalRow[]>} */
export async function recordsOfParcel(parcel) {
  return (await openDb()).getAllFromIndex('journal', 'parcel', parcel);
}

/**
 * What this phone recorded since an instant or has no answer to, oldest first.
 * @param {string | null} kind null: of any kind
 * @param {number} since device epoch milliseconds
 * @returns {Promise<JournalRow[]>}
 */
export async function recordsSince(kind, since) {
  const device = await getSetting('device');
  if (!device) return [];
  const rows = [];
  const range = IDBKeyRange.bound([device, 0], [device, Infinity]);
  let cursor = await (await openDb()).transaction('journal').store.openCursor(range, 'prev');
  // Records are answered in their order, so the first answered older row ends the search.
  while (cursor && (cursor.value.state === 'pending' || cursor.value.at >= since)) {
    if (kind === null || cursor.value.kind === kind) rows.push(cursor.value);
    cursor = await cursor.continue();
  }
  return rows.reverse();
}

/**
 * Keeps the server's answer. What was accepted stays accepted: a later answer only adds to it.
 * @param {string} id
 * @param {Receipt} receipt
 * @returns {Promise<void>}
 */
export async function markReceipt(id, receipt) {
  await write(['journal'], async (tx) => {
    const store = tx.objectStore('journal');
    const row = await store.index('id').get(id);
    if (!row || (row.state === 'accepted' && receipt.state !== 'accepted')) return;
    await store.put({ ...row, state: receipt.state, receipt });
  });
}
