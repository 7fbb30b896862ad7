/**
 * The snapshot as rows: an order or a parcel is read alone, by its id or by what a scanner read, so that 5,000 open orders
 * cost a phone nothing at its start. Rows are written a few hundred at a time within one transaction; the page breathes
 * between them.
 */
import { marksOf } from '../core/sku_marks.js';
import { openDb, write } from './db.js';
import { withLock } from './locks.js';

/** @typedef {import('./snapshot.js').Snapshot} Snapshot */
/** @typedef {import('./snapshot.js').Parcel} Parcel */
/** @typedef {import('./snapshot.js').Order} Order */
/** @typedef {import('./db.js').ParcelRow} ParcelRow */
/** Everything of a snapshot that is no list. @typedef {Omit<Snapshot, 'orders' | 'parcels' | 'blanks' | 'aliases' | 'holds'>} Head */
/**
 * What a server answers that knows what it told before (an older one sends a whole `Snapshot`). `since` null: replaces all
 * that is here. `more`: there is more to ask for at once, by `token`. `blanks`, `aliases` and `holds` only when they changed.
 * @typedef {Snapshot & {since?: string | null, token?: string | null, more?: boolean,
 *   gone?: {orders: string[], parcels: string[]}}} Told
 */
/**
 * `round` grows with each snapshot that replaces everything: rows of earlier rounds go with its last piece. `open`: pieces
 * are still to come; `askedAt`: of the first of them. `marks`: what is here was asked with marks of SKU labels.
 * @typedef {{round: number, askedAt: number, open: boolean, replaces: boolean, token: string | null, marks?: boolean}} Round
 */

const AT_ONCE = 250;
const STORES = /** @type {const} */ (['snapshot', 'orders', 'parcels']);

/** @typedef {import('idb').IDBPTransaction<import('./db.js').Schema, any, 'readwrite'>} Tx */

/**
 * Merges one answer; all of it or nothing.
 * @param {Told} told
 * @param {number} askedAt device epoch milliseconds when it was asked for
 * @returns {Promise<void>}
 */
export async function mergeTold({ orders, parcels, blanks, aliases, holds, gone, since = null, token = null, more = false, ...head }, askedAt) {
  await write([...STORES], async (tx) => {
    const store = tx.objectStore('snapshot');
    const before = /** @type {Round | undefined} */ (await store.get('round'));
    const round = roundOf(before, { since, token, more, askedAt });
    await putAll(tx.objectStore('orders'), orders.map((order) => ({ ...order, round: round.round })));
    await putAll(tx.objectStore('parcels'), parcels.map((parcel) => parcelRow(parcel, round.round)));
    for (const name of /** @type {const} */ (['orders', 'parcels'])) {
      for (const id of gone?.[name] ?? []) await tx.objectStore(name).delete(id);
      if (!more && round.replaces) await dropEarlier(tx.objectStore(name), round.round);
    }
    if (blanks || (!more && since === null)) await store.put(blanks ?? [], 'blanks');
    if (aliases || (!more && since === null)) await store.put(aliases ?? {}, 'aliases');
    if (holds || (!more && since === null)) await store.put(holds ?? {}, 'holds');
    await store.put(head, 'head');
    await store.put({ ...round, replaces: more && round.replaces }, 'round');
    await store.delete('current');
    // A snapshot counts from its last piece on: one half of the parcels would make the others unknown.
    if (!more) await store.put(round.askedAt, 'savedAt');
  });
}

/**
 * @param {Round | undefined} before
 * @param {{since: string | null, token: string | null, more: boolean, askedAt: number}} told
 * @returns {Round}
 */
function roundOf(before, { since, token, more, askedAt }) {
  if (since === null) return { round: (before?.round ?? 0) + 1, askedAt, open: more, replaces: true, token, marks: true };
  if (!before || before.token !== since) throw new Error('an answer to another question');
  // The pieces of one snapshot are as old as its first.
  return { ...before, askedAt: before.open ? before.askedAt : askedAt, open: more, token };
}

/** @param {any} store @param {readonly unknown[]} rows */
async function putAll(store, rows) {
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const part = rows.slice(at, at + AT_ONCE).map((row) => store.put(row));
    await Promise.all(part);
  }
}

/** @param {any} store @param {number} round */
async function dropEarlier(store, round) {
  const old = await store.index('round').getAllKeys(IDBKeyRange.upperBound(round, true));
  for (let at = 0; at < old.length; at += AT_ONCE) {
    await Promise.all(old.slice(at, at + AT_ONCE).map((/** @type {string} */ id) => store.delete(id)));
  }
}

/** No waybill number has a colon. @param {string} mark of an SKU label @returns {string} */
export function markKey(mark) {
  return `sku:${mark}`;
}

/** @param {Parcel} parcel @param {number} round @returns {ParcelRow} */
function parcelRow(parcel, round) {
  const numbers = new Set(parcel.waybills.map(({ number_norm: key }) => key));
  return { ...parcel, round, numbers: [...numbers, ...marksOf(parcel.marks ?? '').map(markKey)] };
}

/** The token to ask with: empty while nothing is here, or what is here came from a server without deltas or has no marks. @returns {Promise<string>} */
export async function snapshotToken() {
  await convertOld();
  const round = /** @type {Round | undefined} */ (await (await openDb()).get('snapshot', 'round'));
  return (round?.marks && round.token) || '';
}

/** @returns {Promise<void>} when the snapshot of an earlier version, one large value, lies here as rows */
export async function convertOld() {
  const here = async () => (await openDb()).getKey('snapshot', 'current');
  if (!(await here())) return;
  await withLock('snapshot-rows', async () => {
    const db = await openDb();
    const [old, savedAt] = await Promise.all([db.get('snapshot', 'current'), db.get('snapshot', 'savedAt')]);
    // Another tab may have done it meanwhile.
    if (old) await mergeTold(/** @type {Told} */ (old), typeof savedAt === 'number' ? savedAt : 0);
  });
}

/** @returns {Promise<Head | null>} */
export async function readHead() {
  return /** @type {Head | undefined} */ (await (await openDb()).get('snapshot', 'head')) ?? null;
}

/** @returns {Promise<{customer_code: string | null, codes: string}[]>} */
export async function readBlanks() {
  return /** @type {any} */ (await (await openDb()).get('snapshot', 'blanks')) ?? [];
}

/** @returns {Promise<Record<string, string>>} sticker key to parcel id */
export async function readAliases() {
  return /** @type {any} */ (await (await openDb()).get('snapshot', 'aliases')) ?? {};
}

/** @returns {Promise<Record<string, import('./snapshot.js').Hold>>} by `heldKey`: parcels nobody knows, held on any phone of the site */
export async function readHolds() {
  return /** @type {any} */ (await (await openDb()).get('snapshot', 'holds')) ?? {};
}

/** What the server told, without what only this store needs. @param {ParcelRow} row @returns {Parcel} */
const parcelOf = ({ round: _round, numbers: _numbers, ...parcel }) => parcel;
/** @param {import('./db.js').OrderRow} row @returns {Order} */
const orderOf = ({ round: _round, ...order }) => order;

/** @param {string | undefined} id @returns {Promise<Parcel | undefined>} */
export async function readParcel(id) {
  const row = id === undefined ? undefined : await (await openDb()).get('parcels', id);
  return row && parcelOf(row);
}

/** @param {readonly string[]} ids @returns {Promise<Order[]>} those that are here, in the order asked */
export async function readOrders(ids) {
  const store = (await openDb()).transaction('orders').store;
  const found = await Promise.all(ids.map((id) => store.get(id)));
  return found.flatMap((row) => (row ? orderOf(row) : []));
}

/** @param {'labels' | 'voided_labels' | 'numbers'} index @param {string} key @returns {Promise<Parcel[]>} */
export async function parcelsBy(index, key) {
  return (await (await openDb()).getAllFromIndex('parcels', index, key)).map(parcelOf);
}

/** Every parcel, a few hundred at a time. @param {(parcels: Parcel[]) => void} each @returns {Promise<void>} */
export async function eachParcel(each) {
  await eachRow('parcels', (rows) => each(rows.map(parcelOf)));
}

/** Every order, a few hundred at a time. @param {(orders: Order[]) => void} each @returns {Promise<void>} */
export async function eachOrder(each) {
  await eachRow('orders', (rows) => each(rows.map(orderOf)));
}

/**
 * @template {'orders' | 'parcels'} S
 * @param {S} name
 * @param {(rows: import('./db.js').Schema[S]['value'][]) => void} each
 */
async function eachRow(name, each) {
  const store = (await openDb()).transaction(name).store;
  for (let after = ''; ; ) {
    const rows = await store.getAll(IDBKeyRange.lowerBound(after, after !== ''), AT_ONCE);
    each(rows);
    if (rows.length < AT_ONCE) return;
    after = rows[rows.length - 1].id;
  }
}
