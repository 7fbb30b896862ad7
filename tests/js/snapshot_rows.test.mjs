import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openDB } from 'idb';
import { IDBFactory } from 'fake-indexeddb';
import { DEVICE, NOW, PARCEL, SITE, WORKER, arrive, film, freshPhone } from './phone.mjs';
import { Dock } from './dock.mjs';
import { skuMark } from '../../static/src/core/sku_marks.js';
import { closeDb, openDb } from '../../static/src/store/db.js';
import { recordById, pending } from '../../static/src/store/journal.js';
import { findByScan, parcelView, pictureHashes, saveSnapshot, snapshotAt, toldAll, toldOf, workers } from '../../static/src/store/snapshot.js';
import { snapshotToken } from '../../static/src/store/snapshot_rows.js';
import { getSetting } from '../../static/src/store/settings.js';
import { refreshSnapshot } from '../../static/src/sync/refresh.js';

const id = (/** @type {number} */ n, first = '0') => first + n.toString(16).padStart(31, '0');
const order = (/** @type {number} */ n, title = 'cup') => ({
  id: id(n, 'a'), order_no: `4325${n}`, customer_code: 'MA-01', supplier: null, remark: null,
  lines: [{ id: id(n, 'c'), seq: 1, title, spec: null, colour: null, size: null, unit: null, sku_id: null, picture: 'ab'.repeat(32) }],
});
const parcel = (/** @type {number} */ n, more = {}) => ({
  id: id(n, 'b'), orders: [id(n, 'a')], customer_code: null, waybills: [{ courier: 'SF', number: `SF${1000000 + n}`, number_norm: `SF${1000000 + n}` }],
  labels: [], voided_labels: [], received_at: null, received_zone: null, ...more,
});
const HEAD = { site: SITE, workers: [WORKER], server_time_ms: NOW };
const NOTHING = { orders: [], parcels: [], gone: { orders: [], parcels: [] } };
const T = (/** @type {number} */ n) => String(n).repeat(32);

beforeEach(freshPhone);

test('only what changed is written over, what is gone goes, the rest stays', async () => {
  const blanks = [{ customer_code: null, codes: '0123456789ABCDEFGHJK' }];
  await saveSnapshot({ ...HEAD, orders: [order(1), order(2)], parcels: [parcel(1), parcel(2), parcel(3)], blanks, aliases: { BOX: id(1, 'b') }, since: null, token: T(1) }, 100);
  assert.equal(await snapshotToken(), T(1));
  const renamed = { ...HEAD, workers: [{ ...WORKER, name: 'Renamed' }] };
  await saveSnapshot({ ...renamed, orders: [order(2, 'lamp')], parcels: [parcel(4)], gone: { orders: [], parcels: [id(3, 'b')] }, since: T(1), token: T(2) }, 200);
  const all = await toldAll();
  assert.deepEqual(all?.parcels.map((one) => one.id), [1, 2, 4].map((n) => id(n, 'b')));
  assert.deepEqual([...(all?.orders.values() ?? [])].map((one) => one.lines[0].title), ['cup', 'lamp']);
  assert.deepEqual([await snapshotAt(), await snapshotToken(), (await workers())[0]?.name], [200, T(2), 'Renamed']);
  assert.equal((await findByScan('SF1000003')).kind, 'none');
  assert.equal((await findByScan('SF1000004')).kind, 'parcel');
  const bound = await findByScan('box');
  assert.equal(bound.kind === 'parcel' && bound.parcel.id, id(1, 'b'), 'a part that is not sent stays');
});

test('what is read is what the server told, and nothing of how it is kept', async () => {
  await saveSnapshot({ ...HEAD, orders: [order(1)], parcels: [parcel(1)] }, 100);
  assert.deepEqual((await toldOf(id(1, 'b')))?.parcel, parcel(1));
  assert.deepEqual((await parcelView(id(1, 'b')))?.orders, [order(1)]);
  assert.deepEqual((await toldAll())?.parcels, [parcel(1)]);
  assert.deepEqual([...(await pictureHashes())], ['ab'.repeat(32)]);
});

test('a code that lies across two blank labels is none of them', async () => {
  const first = '0123456789';
  await saveSnapshot({ ...HEAD, ...NOTHING, blanks: [{ customer_code: 'MA-01', codes: `${first}${first}` }] }, 100);
  const { readBlanks } = await import('../../static/src/store/snapshot_rows.js');
  assert.equal((await readBlanks())[0].codes.length, 20);
  assert.equal((await findByScan('5678901234')).kind, 'none');
});

test('a label on goods finds its parcel by its mark, and a decoy of another parcel nobody', async () => {
  const [code, other] = ['ABCDEFGHJF', '7K3MQ9XVT3'];
  const marks = `${skuMark(SITE.id, 'X'.repeat(10))}${skuMark(SITE.id, code)}`;
  await saveSnapshot({ ...HEAD, ...NOTHING, parcels: [parcel(1, { marks }), parcel(2, { marks: skuMark(SITE.id, 'Y') })] }, 100);
  const found = await findByScan(code);
  assert.equal(found.kind === 'parcel' && found.parcel.id, id(1, 'b'));
  assert.equal((await findByScan(other)).kind, 'none');
  assert.deepEqual((await toldOf(id(1, 'b')))?.parcel.marks, marks);
});

test('rows of a version that knew codes of goods are asked for anew, with marks', async () => {
  await saveSnapshot({ ...HEAD, ...NOTHING, since: null, token: T(1) }, 100);
  assert.equal(await snapshotToken(), T(1));
  const db = await openDb();
  const { marks: _marks, ...round } = await db.get('snapshot', 'round');
  await db.put('snapshot', round, 'round');
  assert.equal(await snapshotToken(), '');
});

test('an older server sends everything each time, and what it no longer says is gone', async () => {
  await saveSnapshot({ ...HEAD, orders: [order(1), order(2)], parcels: [parcel(1), parcel(2)], aliases: { BOX: id(1, 'b') } }, 100);
  await saveSnapshot({ ...HEAD, orders: [order(2)], parcels: [parcel(2)] }, 200);
  const all = await toldAll();
  assert.deepEqual([all?.parcels.length, all?.orders.size, await snapshotToken()], [1, 1, '']);
  assert.equal((await findByScan('box')).kind, 'none');
});

test('a snapshot in pieces counts from its last piece on, and goes on where it was cut', async () => {
  await saveSnapshot({ ...HEAD, orders: [order(1), order(9)], parcels: [parcel(1), parcel(9)], since: null, token: T(1) }, 100);
  const piece = { ...HEAD, ...NOTHING, more: true };
  await saveSnapshot({ ...piece, orders: [order(1), order(2)], since: null, token: T(2) }, 200);
  assert.equal((await findByScan('SF1000009')).kind, 'parcel', 'until then the former stands');
  assert.deepEqual([await snapshotAt(), await snapshotToken()], [100, T(2)]);
  await saveSnapshot({ ...piece, parcels: [parcel(1)], since: T(2), token: T(3) }, 300);
  await saveSnapshot({ ...HEAD, ...NOTHING, parcels: [parcel(2)], since: T(3), token: T(4) }, 400);
  const all = await toldAll();
  assert.deepEqual(all?.parcels.map((one) => one.id), [1, 2].map((n) => id(n, 'b')));
  assert.deepEqual([...(all?.orders.keys() ?? [])], [1, 2].map((n) => id(n, 'a')));
  assert.equal(await snapshotAt(), 200, 'as old as its first piece');
  await saveSnapshot({ ...HEAD, ...NOTHING, since: T(4), token: T(4) }, 500);
  assert.equal(await snapshotAt(), 500);
});

test('a first snapshot that was cut makes no parcel unknown', async () => {
  await saveSnapshot({ ...HEAD, ...NOTHING, orders: [order(1)], more: true, since: null, token: T(1) }, 100);
  assert.deepEqual([await snapshotAt(), await toldAll()], [null, null]);
  assert.deepEqual(await workers(), [WORKER], 'a shift can begin');
});

test('an answer to another question changes nothing', async () => {
  await saveSnapshot({ ...HEAD, orders: [order(1)], parcels: [parcel(1)], since: null, token: T(1) }, 100);
  await assert.rejects(saveSnapshot({ ...HEAD, ...NOTHING, gone: { orders: [id(1, 'a')], parcels: [] }, since: T(7), token: T(8) }, 200));
  assert.deepEqual([(await toldAll())?.orders.size, await snapshotAt()], [1, 100]);
});

test('the one large value of an earlier version is read, and lies as rows from then on', async () => {
  const db = await openDb();
  await db.put('snapshot', { ...HEAD, orders: [order(1)], parcels: [parcel(1)] }, 'current');
  await db.put('snapshot', 77, 'savedAt');
  assert.equal((await findByScan('SF1000001')).kind, 'parcel');
  assert.deepEqual([await snapshotAt(), await db.getKey('snapshot', 'current'), await db.count('parcels')], [77, undefined, 1]);
});

test('the phone asks with its token, piece by piece, and tells the site to the settings', async () => {
  const dock = new Dock();
  dock.calls['POST /challenges'] = () => ({ challenges: [] });
  const told = [
    { ...HEAD, ...NOTHING, orders: [order(1)], more: true, since: null, token: T(1) },
    { ...HEAD, ...NOTHING, parcels: [parcel(1)], more: false, since: T(1), token: T(2) },
    { ...HEAD, ...NOTHING, since: T(2), token: T(2) },
  ];
  dock.calls['GET /snapshot'] = () => told.shift();
  await refreshSnapshot();
  await refreshSnapshot();
  const asked = dock.seen.filter(({ path }) => path.includes('/snapshot')).map(({ path }) => /since=(\w*)&/.exec(path)?.[1]);
  assert.deepEqual(asked, ['', T(1), T(2)]);
  assert.deepEqual([(await toldAll())?.parcels.length, (await getSetting('site'))?.name], [1, SITE.name]);
});

test('5,000 open orders: a scan reads one of them, and no step is longer than a few hundred rows', async () => {
  const many = Array.from({ length: 5000 }, (_, n) => n);
  await saveSnapshot({ ...HEAD, orders: many.map((n) => order(n)), parcels: many.map((n) => parcel(n)), since: null, token: T(1) }, 100);
  const found = await findByScan('SF1004321');
  assert.equal(found.kind === 'parcel' && found.parcel.id, id(4321, 'b'));
  assert.equal((await toldAll())?.parcels.length, 5000);
});

test('a phone of the second release keeps every row when the database grows', async () => {
  const { id: kept } = await arrive();
  await (await film(['one', 'two'])).close();
  const before = await rowsOfAll();
  await closeDb();
  const evidence = globalThis.indexedDB;
  globalThis.indexedDB = new IDBFactory();
  await asSecondRelease(before);
  const db = await openDb();
  assert.equal(db.version, 3);
  for (const [name, rows] of Object.entries(before)) assert.deepEqual(await db.getAll(/** @type {any} */ (name)), rows, name);
  assert.deepEqual([(await recordById(kept))?.parcel, (await pending()).length], [PARCEL, 2]);
  assert.equal((await findByScan('SF1000001')).kind, 'parcel', 'its snapshot is read');
  assert.ok(evidence);
});

const SECOND = /** @type {const} */ (['journal', 'takes', 'chunks', 'events', 'slices', 'uploads', 'challenges', 'pictures', 'photos', 'photo_bytes']);

/** @returns {Promise<Record<string, any[]>>} */
async function rowsOfAll() {
  const db = await openDb();
  return Object.fromEntries(await Promise.all(SECOND.map(async (name) => [name, await db.getAll(name)])));
}

/** @param {Record<string, any[]>} rows */
async function asSecondRelease(rows) {
  const old = await openDB('dockproof', 2, {
    upgrade(fresh) {
      for (const name of ['keys', 'settings', 'snapshot']) fresh.createObjectStore(name);
      const journal = fresh.createObjectStore('journal', { keyPath: ['device', 'seq'] });
      journal.createIndex('id', 'id', { unique: true });
      for (const name of ['state', 'opens', 'parcel']) journal.createIndex(name, name);
      fresh.createObjectStore('takes', { keyPath: 'takeId' }).createIndex('open', 'open');
      for (const name of ['chunks', 'events', 'slices']) fresh.createObjectStore(name, { keyPath: ['takeId', 'index'] });
      fresh.createObjectStore('uploads', { keyPath: 'takeId' });
      fresh.createObjectStore('challenges', { keyPath: 'id' });
      fresh.createObjectStore('pictures', { keyPath: 'sha256' });
      const photos = fresh.createObjectStore('photos', { keyPath: 'id' });
      for (const name of ['waiting', 'parcel']) photos.createIndex(name, name);
      fresh.createObjectStore('photo_bytes', { keyPath: 'id' });
    },
  });
  for (const [name, some] of Object.entries(rows)) for (const row of some) await old.put(name, row);
  await old.put('snapshot', { ...HEAD, orders: [order(1)], parcels: [parcel(1)] }, 'current');
  await old.put('snapshot', 77, 'savedAt');
  await old.put('settings', DEVICE, 'device');
  old.close();
}

test('a phone that lost snapshot, pictures and uploads has its journal, photos and films', async () => {
  const { id: kept } = await arrive();
  await (await film(['one', 'two'])).close();
  await saveSnapshot({ ...HEAD, orders: [order(1)], parcels: [parcel(1)], since: null, token: T(1) }, 100);
  const db = await openDb();
  for (const name of /** @type {const} */ (['snapshot', 'orders', 'parcels', 'pictures', 'uploads', 'challenges'])) await db.clear(name);
  assert.deepEqual([await snapshotAt(), await snapshotToken(), (await findByScan('SF1000001')).kind], [null, '', 'none']);
  assert.deepEqual([(await recordById(kept))?.id, (await pending()).length, await db.count('slices')], [kept, 2, 2]);
  await saveSnapshot({ ...HEAD, orders: [order(1)], parcels: [parcel(1)], since: null, token: T(3) }, 300);
  assert.equal((await findByScan('SF1000001')).kind, 'parcel');
});
