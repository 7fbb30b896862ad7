/**
 * The phone's database. A migration adds; it never drops or rewrites a store that holds evidence (journal, takes,
 * chunks, events, slices, photos, photo_bytes, keys).
 */
import { openDB } from 'idb';
import { asStorageError, StorageLost } from './errors.js';
import { keepNote, phoneNote } from './phone_note.js';

/** @typedef {import('../core/chunks.js').Chunk} Chunk */
/** @typedef {import('../core/events.js').TakeEvent} TakeEvent */

/**
 * What the server answered for a record.
 * @typedef {{id: string, state: 'accepted' | 'malformed' | 'quarantined', record: string, entry?: number,
 *   received?: string, findings?: {code: string, message: string}[],
 *   file?: {sha256: string, bytes: number, state: 'missing' | 'partial' | 'verified' | 'mismatch'} | null,
 *   error?: {code: string, message: string} | string}} Receipt
 */

/** `signature` is base64url of raw r‖s; `at` the device's epoch milliseconds of writing.
 * @typedef {{device: string, seq: number, id: string, kind: string, parcel: string | null, opens: string | null,
 *   text: string, signature: string, hash: string, side: {name: string, text: string}[],
 *   state: 'pending' | 'accepted' | 'malformed' | 'quarantined', at: number, receipt: Receipt | null}} JournalRow
 */

/** `open` is 1 until the closing record is in the journal, then absent (absent values stay out of the index).
 * @typedef {{takeId: string, open?: 1, parcel: string | null, order: string | null, startedMs: number, mime: string,
 *   lines: string[], backend: 'opfs' | 'idb' | null, closed: {bytes: number, sha256: string | null} | null,
 *   sealedBy: string | null, verifiedAt: number | null, problem: string | null}} TakeRow
 */

/** @typedef {Chunk & {takeId: string}} ChunkRow */
/** @typedef {{takeId: string, index: number, event: TakeEvent}} EventRow */
/** @typedef {{takeId: string, index: number, data: ArrayBuffer}} SliceRow */
/** `takeId`: of a take, or of a photo's record. @typedef {{takeId: string, url: string | null, offset: number, serverSha256: string | null, restarts: number}} UploadRow */
/**
 * What became of a photo; `id` is its record's, `at` the device's epoch milliseconds. `waiting` is `at` until the server
 * has verified the bytes, then absent. Its bytes lie apart: a list of photos must not load them all.
 * @typedef {{id: string, sha256: string, bytes: number, mime: string, parcel: string | null, slot: string, at: number,
 *   waiting?: number, verifiedAt: number | null, problem: string | null}} PhotoRow
 */
/** @typedef {{id: string, data: ArrayBuffer}} PhotoBytesRow */
/** `round`: of the snapshot that told it (store/snapshot_rows.js). @typedef {import('./snapshot.js').Order & {round: number}} OrderRow */
/** `numbers`: its waybills' normal forms. @typedef {import('./snapshot.js').Parcel & {round: number, numbers: string[]}} ParcelRow */
/** @typedef {{id: string, note: string, expires: string}} Challenge */
/** @typedef {{sha256: string, mime: string, data: ArrayBuffer}} PictureRow */

/**
 * @typedef {import('idb').DBSchema & {
 *   keys: {key: string, value: unknown},
 *   settings: {key: string, value: unknown},
 *   journal: {key: [string, number], value: JournalRow, indexes: {id: string, state: string, opens: string, parcel: string}},
 *   takes: {key: string, value: TakeRow, indexes: {open: number}},
 *   chunks: {key: [string, number], value: ChunkRow},
 *   events: {key: [string, number], value: EventRow},
 *   slices: {key: [string, number], value: SliceRow},
 *   uploads: {key: string, value: UploadRow},
 *   photos: {key: string, value: PhotoRow, indexes: {waiting: number, parcel: string}},
 *   photo_bytes: {key: string, value: PhotoBytesRow},
 *   snapshot: {key: string, value: unknown},
 *   orders: {key: string, value: OrderRow, indexes: {round: number}},
 *   parcels: {key: string, value: ParcelRow, indexes: {round: number, labels: string, voided_labels: string, numbers: string}},
 *   challenges: {key: string, value: Challenge},
 *   pictures: {key: string, value: PictureRow},
 * }} Schema
 */
/** @typedef {import('idb').StoreNames<Schema>} StoreName */
/** @typedef {import('idb').IDBPDatabase<Schema>} Database */

const NAME = 'dockproof';

/** @type {((db: Database) => void)[]} one step a version, each only adding */
const STEPS = [
  (db) => {
    for (const name of /** @type {const} */ (['keys', 'settings', 'snapshot'])) db.createObjectStore(name);
    const journal = db.createObjectStore('journal', { keyPath: ['device', 'seq'] });
    journal.createIndex('id', 'id', { unique: true });
    for (const name of /** @type {const} */ (['state', 'opens', 'parcel'])) journal.createIndex(name, name);
    db.createObjectStore('takes', { keyPath: 'takeId' }).createIndex('open', 'open');
    for (const name of /** @type {const} */ (['chunks', 'events', 'slices'])) {
      db.createObjectStore(name, { keyPath: ['takeId', 'index'] });
    }
    db.createObjectStore('uploads', { keyPath: 'takeId' });
    db.createObjectStore('challenges', { keyPath: 'id' });
    db.createObjectStore('pictures', { keyPath: 'sha256' });
  },
  (db) => {
    const photos = db.createObjectStore('photos', { keyPath: 'id' });
    for (const name of /** @type {const} */ (['waiting', 'parcel'])) photos.createIndex(name, name);
    db.createObjectStore('photo_bytes', { keyPath: 'id' });
  },
  // The snapshot of earlier versions, one large value, is turned into rows at its next use: here a full disk would keep
  // the whole database from opening.
  (db) => {
    db.createObjectStore('orders', { keyPath: 'id' }).createIndex('round', 'round');
    const parcels = db.createObjectStore('parcels', { keyPath: 'id' });
    parcels.createIndex('round', 'round');
    for (const name of /** @type {const} */ (['labels', 'voided_labels', 'numbers'])) {
      parcels.createIndex(name, name, { multiEntry: true });
    }
  },
];

/** Stores that a phone without an enrolment must not write: nobody could ever send what is put there. */
const EVIDENCE = new Set(['journal', 'takes', 'chunks', 'events', 'slices', 'photos', 'photo_bytes', 'uploads']);

/** @type {Promise<Database> | null} */
let opening = null;
let lost = false;
/** @type {{lost: () => void, blocked: (blocked: boolean) => void}} */
let news = { lost: () => undefined, blocked: () => undefined };

/**
 * @param {{lost: () => void, blocked: (blocked: boolean) => void}} listener `lost`: what was here is gone, told once;
 *   `blocked`: another tab with an older app keeps the database from being opened, or does no more
 */
export function onDatabaseNews(listener) {
  news = listener;
}

/** The phone was enrolled again: from here on there is something to keep things under. */
export function storageBegins() {
  lost = false;
}

/** @returns {boolean} what was stored here is gone, and the phone has not been set up again */
export function storageIsLost() {
  return lost;
}

/** @returns {Promise<Database>} the one connection of this page */
export function openDb() {
  return (opening ??= open());
}

/** @returns {Promise<Database>} */
async function open() {
  let waited = false;
  try {
    const opened = await openDB(NAME, STEPS.length, {
      upgrade: (fresh, from) => STEPS.slice(from).forEach((step) => step(/** @type {any} */ (fresh))),
      blocked: () => news.blocked((waited = true)),
      // A newer build in another tab waits for this connection; it reopens at the next call.
      blocking: () => void closeDb(),
      terminated: () => void reopen(),
    });
    if (waited) news.blocked(false);
    const db = /** @type {Database} */ (/** @type {unknown} */ (opened));
    await lookForLoss(db);
    return db;
  } catch (error) {
    opening = null;
    throw error;
  }
}

/** The browser has cut the connection, as it does when it deletes what is stored. @returns {Promise<void>} */
async function reopen() {
  opening = null;
  await openDb().catch(() => undefined);
}

/** An enrolled phone never has a database without its enrolment. @param {Database} db */
async function lookForLoss(db) {
  if (lost || !phoneNote() || (await db.get('settings', 'device'))) return;
  lost = true;
  keepNote();
  news.lost();
}

/** @returns {Promise<void>} */
export async function closeDb() {
  const closing = opening;
  opening = null;
  (await closing)?.close();
}

/**
 * One durable transaction. `relaxed`, the default of Chrome since 121, loses rows with a dead battery. A full disk
 * aborts the transaction and is told only by the transaction's own error.
 * @template {StoreName[]} S
 * @template T
 * @param {[...S]} stores
 * @param {(tx: import('idb').IDBPTransaction<Schema, [...S], 'readwrite'>) => Promise<T>} work awaits requests of `tx` only
 * @returns {Promise<T>}
 * @throws {import('./errors.js').StorageFull | StorageLost}
 */
export async function write(stores, work) {
  const tx = await begin(stores);
  try {
    const [result] = await Promise.all([work(tx), tx.done]);
    return result;
  } catch (error) {
    abort(tx);
    await tx.done.catch(() => undefined);
    if (await isGone(stores)) throw new StorageLost(error);
    throw asStorageError(tx.error?.name === 'QuotaExceededError' ? tx.error : error);
  }
}

/**
 * @template {StoreName[]} S
 * @param {[...S]} stores
 * @returns {Promise<import('idb').IDBPTransaction<Schema, [...S], 'readwrite'>>}
 */
async function begin(stores) {
  for (let again = true; ; again = false) {
    const db = await openDb();
    if (await isGone(stores)) throw new StorageLost();
    try {
      return db.transaction(stores, 'readwrite', { durability: 'strict' });
    } catch (error) {
      // Closed under us, and nobody has said so yet.
      if (!again || /** @type {Error} */ (error).name !== 'InvalidStateError') throw error;
      opening = null;
    }
  }
}

/** @param {readonly string[]} stores @returns {Promise<boolean>} whether they are evidence of an enrolment that is gone */
async function isGone(stores) {
  await openDb().catch(() => undefined);
  return lost && stores.some((name) => EVIDENCE.has(name));
}

/** @param {{abort: () => void}} tx */
function abort(tx) {
  try {
    tx.abort();
  } catch {
    // Already over: the error that ended it is the one to tell.
  }
}

/** All rows of one take in a store keyed [takeId, index]. @param {string} takeId @returns {IDBKeyRange} */
export function rowsOf(takeId) {
  return IDBKeyRange.bound([takeId, 0], [takeId, Infinity]);
}
