import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { Dock, refusal } from './dock.mjs';
import { DEVICE, NOW, PARCEL, SITE, WORKER, arrive, at, bufferOf, film, freshPhone, means, span } from './phone.mjs';
import { sha256Hex } from '../../static/src/core/hash.js';
import { parseRecord } from '../../static/src/core/record.js';
import { photoDraft } from '../../static/src/screens/keep_photo.js';
import { closeDb, openDb } from '../../static/src/store/db.js';
import { appendRecord, pending, recordById } from '../../static/src/store/journal.js';
import { putSetting } from '../../static/src/store/settings.js';
import { allPhotos, countWaitingPhotos, photoBytes, removePhoto } from '../../static/src/store/photos.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { captures } from '../../static/src/sync/captures.js';
import { poke, startSync } from '../../static/src/sync/drain.js';
import { letPhotosGo, nextPhoto, sendPhoto, verifyPhoto } from '../../static/src/sync/send_photos.js';
import { sendPending } from '../../static/src/sync/send_records.js';
import { GRACE_MS } from '../../static/src/sync/send_takes.js';
import { uploadWhole } from '../../static/src/sync/upload.js';

/** @type {Dock} */
let dock;

beforeEach(async () => {
  await freshPhone();
  dock = new Dock();
});

const REFS = { parcel: PARCEL, orders: ['04'.repeat(16)], label: '7K3M9Q2XZV' };
const lost = () => Promise.reject(new TypeError('network'));
const signal = new AbortController().signal;
const run = { signal, onProgress: () => undefined, now: () => NOW };
const always = () => true;

/** @param {string} text stands for a picture's bytes @param {number} [ms] */
async function keep(text, ms = 500, more = {}) {
  const data = bufferOf(text);
  const file = { sha256: sha256Hex(text), bytes: data.byteLength, mime: 'image/jpeg' };
  const draft = photoDraft({ refs: REFS, slot: 'EV-12', source: 'camera', data, mime: 'image/jpeg', ...more }, at(ms));
  return appendRecord({ ...draft, file }, await means(NOW + ms), data);
}

test('a photo and its record are kept together', async () => {
  const { id } = await keep('waybill', 500, { also: ['EV-04', 'EV-12', 'EV-04'], about: 'ab'.repeat(16) });
  const record = parseRecord((await recordById(id))?.text ?? '');
  assert.deepEqual(record.file, { sha256: sha256Hex('waybill'), bytes: 7, mime: 'image/jpeg' });
  assert.deepEqual([record.kind, record.slot, record.parcel, record.order, record.label], ['photo', 'EV-12', PARCEL, REFS.orders[0], REFS.label]);
  const none = { line: null, take: null, at: null };
  assert.deepEqual(record.values, { source: 'camera', ...none, about: 'ab'.repeat(16), also: 'EV-04' });
  assert.equal(Buffer.from((await photoBytes(id)) ?? '').toString(), 'waybill');
  const [row] = await allPhotos();
  assert.deepEqual([row.id, row.parcel, row.slot, row.at, row.verifiedAt], [id, PARCEL, 'EV-12', NOW + 500, null]);
  assert.ok(!('data' in row), 'a list of photos does not load their bytes');
});

test('a still names its take; a slip has no parcel', async () => {
  const take = '1f'.repeat(16);
  const still = await keep('frame', 900, { source: 'still', take, at: 812.4 });
  assert.deepEqual(parseRecord(still.text).values, { source: 'still', line: null, take, at: '812', about: null, also: null });
  const slip = await keep('slip', 950, { refs: { parcel: null, orders: [], label: null }, slot: 'EV-23' });
  assert.deepEqual([parseRecord(slip.text).parcel, parseRecord(slip.text).slot], [null, 'EV-23']);
});

test('neither is kept without the other', async () => {
  const draft = { ...photoDraft({ refs: REFS, slot: 'EV-12', source: 'camera', data: bufferOf('x'), mime: 'image/jpeg' }, at(1)) };
  const file = { sha256: sha256Hex('x'), bytes: 1, mime: 'image/jpeg' };
  await assert.rejects(appendRecord({ ...draft, file }, await means()), { code: 'record_malformed' }, 'no bytes');
  await assert.rejects(appendRecord({ ...draft, file }, await means(), bufferOf('xy')), { code: 'record_malformed' }, 'other bytes');
  await assert.rejects(appendRecord({ kind: 'arrival', parcel: PARCEL, ...at(1) }, await means(), bufferOf('x')), { code: 'record_malformed' });
  await assert.rejects(appendRecord({ ...draft, slot: null, file }, await means(), bufferOf('x')), { code: 'record_malformed' });
  assert.deepEqual([await pending(), await allPhotos()], [[], []]);
});

test('a full disk keeps neither the record nor the bytes, and the chain goes on', async () => {
  await arrive();
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (/** @type {any} */ value) {
    if (this.name === 'photo_bytes') throw new DOMException('full', 'QuotaExceededError');
    return add.call(this, value);
  };
  await assert.rejects(keep('waybill'), { code: 'storage_full' }).finally(() => (IDBObjectStore.prototype.add = add));
  assert.deepEqual([(await pending()).length, (await allPhotos()).length], [1, 0]);
  assert.equal((await keep('waybill')).seq, 2);
});

test('a photo goes up after its record and is verified by the server\'s own hash', async () => {
  const { id } = await keep('waybill');
  assert.equal(await nextPhoto(always), null, 'the commitment goes first');
  assert.equal((await captures())[0].state, 'not_committed');
  await sendPending();
  assert.equal((await captures())[0].state, 'committed');
  const photo = await nextPhoto(always);
  assert.ok(photo);
  await sendPhoto(photo, run);
  const [created] = dock.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/files'));
  assert.deepEqual([created.headers.get('Upload-Length'), created.headers.get('Upload-Defer-Length')], ['7', null]);
  assert.equal([...dock.uploads.values()][0].record, id);
  const [capture] = await captures();
  assert.deepEqual([capture.kind, capture.n, capture.state, capture.uploadedBytes], ['photos', 1, 'verified', 7]);
  assert.deepEqual([await nextPhoto(always), await countWaitingPhotos()], [null, 0]);
});

test('the oldest photo goes first; one the server cannot read holds up nobody', async () => {
  const [bad, older, newer] = [await keep('bad', 1), await keep('one', 2), await keep('two', 3)];
  dock.refuses = (text) => text.includes(bad.id);
  await sendPending();
  assert.equal((await nextPhoto(always))?.id, older.id);
  assert.equal((await nextPhoto((id) => id !== older.id))?.id, newer.id);
  const states = (await captures()).map(({ state, n, problem }) => [state, n, problem]);
  assert.deepEqual(states, [['committed', 2, undefined], ['problem', 1, 'malformed']]);
});

test('what fits into one piece of the line goes with its creation; a lost answer costs that piece', async () => {
  await keep('waybill');
  await sendPending();
  dock.steps = [() => {
    throw new TypeError('network');
  }];
  const photo = await nextPhoto(always);
  assert.ok(photo);
  await assert.rejects(sendPhoto(photo, run), { name: 'Offline' });
  await sendPhoto(photo, run);
  const sent = dock.seen.filter(({ path }) => path.includes('/files'));
  assert.deepEqual(sent.map(({ method, body }) => [method, body.toString()]), [['POST', 'waybill'], ['POST', 'waybill']]);
  assert.equal(await countWaitingPhotos(), 0);
});

test('an upload goes on from the last acknowledged byte', async () => {
  const large = 'waybill'.repeat(200_000);
  await keep(large);
  await sendPending();
  dock.steps = [() => undefined, ({ path, body }) => {
    const cut = dock.uploads.get(path);
    if (cut) cut.data = body.subarray(0, 3);
    throw new TypeError('network');
  }];
  const photo = await nextPhoto(always);
  assert.ok(photo);
  await assert.rejects(sendPhoto(photo, run), { name: 'Offline' });
  await sendPhoto(photo, run);
  const patches = dock.seen.filter(({ method }) => method === 'PATCH');
  assert.deepEqual(patches.slice(0, 2).map(({ headers }) => headers.get('Upload-Offset')), ['0', '3']);
  assert.equal([...dock.uploads.values()].map(({ data }) => data.toString()).join(), large);
  assert.equal(await countWaitingPhotos(), 0);
});

test('other bytes at the server are sent again twice, and after that somebody must look', async () => {
  const { id } = await keep('waybill');
  await sendPending();
  const rot = async () => {
    await uploadWhole({ id, data: bufferOf('waybill'), mime: 'image/jpeg', signal, onProgress: () => undefined });
    for (const kept of dock.uploads.values()) kept.data = Buffer.from('waybilL');
    await verifyPhoto(id, NOW);
  };
  await assert.rejects(rot(), /other bytes/);
  await assert.rejects(rot(), /other bytes/);
  await rot();
  const [capture] = await captures();
  assert.deepEqual([capture.state, capture.problem], ['problem', 'mismatch']);
  assert.ok(await photoBytes(id), 'the phone keeps its bytes');
  await assert.rejects(removePhoto(id), /not verified/);
  assert.deepEqual([await nextPhoto(always), await countWaitingPhotos()], [null, 1]);
});

test('only the receipt lets go: not the end of the upload, not other words', async () => {
  const { id } = await keep('waybill');
  await sendPending();
  await assert.rejects(verifyPhoto(id, NOW), /missing/);
  for (const file of [null, { sha256: sha256Hex('waybill'), bytes: 6, state: 'verified' }, { sha256: sha256Hex('x'), bytes: 7, state: 'verified' }]) {
    dock.steps = [(seen) => answerWith(seen, file)];
    await assert.rejects(verifyPhoto(id, NOW), { message: /the server says/ });
  }
  assert.equal(await countWaitingPhotos(), 1);
});

/** @param {import('./dock.mjs').Seen} seen @param {unknown} file */
function answerWith({ body }, file) {
  const [{ text }] = JSON.parse(body.toString()).records;
  const receipts = [{ id: /^id (.*)$/m.exec(text)?.[1], state: 'accepted', record: `sha256:${sha256Hex(text)}`, entry: 1, file }];
  return new Response(JSON.stringify({ receipts, server_time_ms: NOW }), { headers: { 'Content-Type': 'application/json' } });
}

test('bytes stay 72 hours after they were verified; the record stays for good', async () => {
  const { id } = await keep('waybill');
  await sendPending();
  const photo = await nextPhoto(always);
  assert.ok(photo);
  await sendPhoto(photo, run);
  await letPhotosGo(NOW + GRACE_MS);
  assert.ok(await photoBytes(id));
  await letPhotosGo(NOW + GRACE_MS + 1);
  assert.deepEqual([await photoBytes(id), await allPhotos(), (await recordById(id))?.kind], [null, [], 'photo']);
  assert.equal(await (await openDb()).count('uploads'), 0);
});

/** What the runner has sent as bytes, by record. */
const arrived = () => [...dock.uploads.values()].map(({ record }) => record);

/** @param {(state: any) => boolean} met */
async function runUntil(met) {
  await saveSnapshot({ site: SITE, workers: [WORKER], orders: [], parcels: [], server_time_ms: 0 }, Date.now());
  dock.calls['POST /challenges'] = () => ({ challenges: [] });
  const reached = new Promise((resolve) => {
    const sync = startSync({ onState: (state) => met(state) && resolve(sync), random: () => 0.5 });
  });
  await (await reached).stop();
}

test('photos go before a take, and the take gets its turn', async () => {
  const take = await film(['one ', 'two']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  const photos = [(await keep('first', 10)).id, (await keep('second', 20)).id];
  await runUntil((state) => state.online && state.pending === 0 && state.unverified === 0);
  assert.deepEqual(arrived(), [...photos, take.takeId]);
});

test('a photo taken while a film goes up does not wait for its end', async () => {
  const take = await film(['one ', 'two']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  let photo = '';
  const step = async (/** @type {any} */ { method, path }) => {
    if (method !== 'POST' || !path.endsWith('/files')) return void dock.steps.push(step);
    photo = (await keep('meanwhile')).id;
    poke();
    while ((await countWaitingPhotos()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return undefined;
  };
  dock.steps = [step];
  await runUntil((state) => photo && state.online && state.pending === 0 && state.unverified === 0);
  assert.deepEqual(arrived(), [photo, take.takeId]);
});

test('on a dead line one failure speaks for all photos', async () => {
  for (const ms of [1, 2, 3]) await keep(`photo ${ms}`, ms);
  await sendPending();
  dock.seen.length = 0;
  let tried = 0;
  const dead = (/** @type {any} */ { path }) => {
    dock.steps.push(dead);
    if (!path.includes('/files')) return undefined;
    tried += 1;
    return lost();
  };
  dock.steps = [dead];
  await runUntil((state) => state.online === false && !state.sending);
  assert.equal(tried, 1);
});

test('a photo that the server refuses holds up no other', async () => {
  const [first, second] = [await keep('first', 1), await keep('second', 2)];
  await sendPending();
  const step = (/** @type {any} */ { method, path, headers }) => {
    dock.steps.push(step);
    const record = Buffer.from(/record (\S+?)(,|$)/.exec(headers.get('Upload-Metadata') ?? '')?.[1] ?? '', 'base64').toString();
    return method === 'POST' && path.endsWith('/files') && record === first.id ? refusal(415, 'mime_unknown') : undefined;
  };
  dock.steps = [step];
  await runUntil((state) => state.unverified === 1 && !state.sending);
  assert.deepEqual(arrived(), [second.id]);
});

const V1 = /** @type {const} */ ([
  ['keys', null, { privateKey: 'k' }], ['settings', null, { ms: 1 }], ['snapshot', null, { parcels: [] }],
  ['journal', ['device', 'seq'], { device: DEVICE, seq: 1, id: 'r1', kind: 'arrival', parcel: PARCEL, opens: null, state: 'pending', text: 't' }],
  ['takes', 'takeId', { takeId: 't1', open: 1, startedMs: 5 }],
  ['chunks', ['takeId', 'index'], { takeId: 't1', index: 0, length: 3 }],
  ['events', ['takeId', 'index'], { takeId: 't1', index: 0, event: { ms: 1, type: 'hidden' } }],
  ['slices', ['takeId', 'index'], { takeId: 't1', index: 0, data: new Uint8Array([1, 2, 3]).buffer }],
  ['uploads', 'takeId', { takeId: 't1', url: '/u', offset: 2 }],
  ['challenges', 'id', { id: 'c1', note: 'n', expires: '2030-01-01T00:00:00Z' }],
  ['pictures', 'sha256', { sha256: 'aa', mime: 'image/png', data: new Uint8Array([9]).buffer }],
]);

/** As the first release made it. */
async function firstRelease() {
  const db = await openDB('dockproof', 1, {
    upgrade(fresh) {
      for (const [name, keyPath] of V1) fresh.createObjectStore(name, keyPath ? { keyPath: /** @type {any} */ (keyPath) } : undefined);
    },
    blocking: () => db.close(),
  });
  for (const [name, keyPath, row] of V1) await db.put(name, row, keyPath ? undefined : 'kept');
  return db;
}

test('a phone of the first release keeps every row when the database grows', async () => {
  await closeDb();
  globalThis.indexedDB = new IDBFactory();
  await firstRelease(); // still open in another tab
  const db = await openDb();
  assert.equal(db.version, 3);
  for (const [name, , row] of V1) assert.deepEqual(await db.getAll(/** @type {any} */ (name)), [row], name);
  assert.deepEqual([await allPhotos(), await countWaitingPhotos()], [[], 0]);
  await closeDb();
  assert.deepEqual((await (await openDb()).getAll('slices')).length, 1);
});

test('the journal of the first release goes on into the second, photos and all', async () => {
  const first = await arrive();
  const rows = await (await openDb()).getAll('journal');
  await closeDb();
  globalThis.indexedDB = new IDBFactory();
  const old = await openDB('dockproof', 1, {
    upgrade(fresh) {
      for (const name of ['keys', 'settings', 'snapshot']) fresh.createObjectStore(name);
      const journal = fresh.createObjectStore('journal', { keyPath: ['device', 'seq'] });
      journal.createIndex('id', 'id', { unique: true });
      for (const name of ['state', 'opens', 'parcel']) journal.createIndex(name, name);
      fresh.createObjectStore('takes', { keyPath: 'takeId' }).createIndex('open', 'open');
      for (const name of ['chunks', 'events', 'slices']) fresh.createObjectStore(name, { keyPath: ['takeId', 'index'] });
      fresh.createObjectStore('uploads', { keyPath: 'takeId' });
    },
  });
  for (const row of rows) await old.put('journal', row);
  old.close();
  const { makeDeviceKey } = await import('../../static/src/device/keys.js');
  const { saveKey } = await import('../../static/src/store/keys.js');
  await saveKey(await makeDeviceKey());
  await putSetting('device', DEVICE);
  await putSetting('site', SITE);
  const photo = await keep('waybill');
  assert.deepEqual([photo.seq, parseRecord(photo.text).prev], [2, first.hash]);
});
