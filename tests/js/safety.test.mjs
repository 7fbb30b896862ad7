import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { PARCEL, SITE, WORKER, arrive, at, bufferOf, film, freshPhone, means, span } from './phone.mjs';
import { Dock } from './dock.mjs';
import { judge } from '../../static/src/core/safety.js';
import { sha256Hex } from '../../static/src/core/hash.js';
import { appendRecord } from '../../static/src/store/journal.js';
import { tryLock } from '../../static/src/store/locks.js';
import { putSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { captures } from '../../static/src/sync/captures.js';
import { chooseFilms } from '../../static/src/sync/line.js';
import { sendPending } from '../../static/src/sync/send_records.js';
import { everythingSafe, queueTotals } from '../../static/src/sync/totals.js';
import { updateWhenSafe } from '../../static/src/sync/update_consent.js';

/** @type {Dock} */
let dock;
beforeEach(async () => {
  await freshPhone();
  dock = new Dock();
  await saveSnapshot({ site: SITE, workers: [WORKER], orders: [], parcels: [], server_time_ms: 1 }, 1);
});

const none = { filming: false, records: 0, films: 0, photos: 0, aside: 0, online: true, filmsWait: false };

test('yes or no, why, and what to do', () => {
  assert.deepEqual(judge(none), { safe: true, why: [], todo: [] });
  const offline = judge({ ...none, records: 2, films: 1, online: false });
  assert.deepEqual(offline, { safe: false, why: [{ code: 'records', n: 2 }, { code: 'films', n: 1 }], todo: ['connect', 'save'] });
  assert.deepEqual(judge({ ...none, films: 1, filmsWait: true }).todo, ['send_films', 'save']);
  assert.deepEqual(judge({ ...none, filming: true, films: 1 }).todo, ['finish', 'wait'], 'a film that runs cannot be saved');
  assert.deepEqual(judge({ ...none, aside: 1 }).todo, ['office', 'save']);
});

async function photo(/** @type {string} */ text) {
  const data = bufferOf(text);
  const file = { sha256: sha256Hex(new Uint8Array(data)), bytes: data.byteLength, mime: 'image/jpeg' };
  const values = { source: 'camera', line: null, take: null, at: null, about: null, also: null };
  return appendRecord({ kind: 'photo', parcel: PARCEL, slot: 'EV-12', values, file, ...at(50) }, await means(), data);
}

test('what lies here is told for the phone and for each worker, and a day ends with yes', async () => {
  await arrive();
  await photo('a picture');
  await putSetting('worker', { id: '88'.repeat(16), name: 'who left', role: 'receiver' });
  const take = await film(['one', 'two']);
  assert.equal((await everythingSafe(true)).why.some(({ code }) => code === 'filming'), true);
  await sealTake(take, { ...span(1000, 2000), closed: 'complete' }, await means());
  const { device, workers } = await queueTotals();
  assert.deepEqual(device, { safe: 0, records: 4, films: 1, photos: 1, aside: 0, only: 15 });
  assert.deepEqual(workers.map(({ worker, records, films, only }) => [worker, records, films, only]), [['An', 2, 0, 9], [null, 2, 1, 6]]);
  assert.deepEqual((await captures()).map(({ kind, n, state }) => [kind, n, state]).sort(), [
    ['photos', 1, 'not_committed'], ['records', 1, 'not_committed'], ['take', 1, 'not_committed']]);
  await sendPending();
  await chooseFilms('wifi');
  assert.deepEqual((await everythingSafe(true)).todo, ['wait', 'save'], 'the photo first');
  await chooseFilms('any');
  assert.equal((await captures()).some(({ kind }) => kind === 'records'), false);
});

test('a record that the server cannot read keeps the phone from being safe, and is listed', async () => {
  await arrive();
  dock.refuses = () => true;
  await sendPending();
  assert.deepEqual(await everythingSafe(true), { safe: false, why: [{ code: 'aside', n: 1 }], todo: ['office', 'save'] });
  assert.deepEqual((await captures()).map(({ kind, problem }) => [kind, problem]), [['records', 'malformed']]);
});

test('a new version waits for the end of a film and for the server to know of everything', async () => {
  let updates = 0;
  const update = async () => void (updates += 1);
  await arrive();
  assert.equal(await updateWhenSafe(update), false, 'a record is on its way');
  await sendPending();
  const filming = await tryLock('recorder');
  assert.equal(await updateWhenSafe(update), false, 'a film runs, here or in another tab');
  await filming?.();
  assert.deepEqual([await updateWhenSafe(update), updates], [true, 1]);
  assert.ok(await tryLock('recorder'), 'the recorder is free again');
});
