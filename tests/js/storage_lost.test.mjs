import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { IDBFactory } from 'fake-indexeddb';
import { DEVICE, PARCEL, arrive, at, bufferOf, film, freshPhone, means } from './phone.mjs';
import { Dock, answer } from './dock.mjs';
import { closeDb, onDatabaseNews, openDb } from '../../static/src/store/db.js';
import { appendRecord, countRecords } from '../../static/src/store/journal.js';
import { notePhone, noteWaiting, phoneNote } from '../../static/src/store/phone_note.js';
import { getSetting } from '../../static/src/store/settings.js';
import { enrol } from '../../static/src/sync/enrol.js';

const NEW = 'd1'.repeat(16);
const FORMER = { name: 'Gate 2', last_seq: 1, lost: [[2, 3]], captures: [], more: 0 };

/** @type {string[]} */
let told = [];

/** What a browser does that deletes a site's data while its page is open. */
async function cleared() {
  await closeDb();
  globalThis.indexedDB = new IDBFactory();
}

/** @returns {Dock} a server that enrols, and keeps what it was sent */
function enrolling() {
  const dock = new Dock();
  dock.steps.push(() => answer({ device: NEW, site: { id: '51'.repeat(16), name: 'Pingxiang', zone: 'Asia/Shanghai' }, former: FORMER }, 201));
  return dock;
}

beforeEach(async () => {
  told = [];
  onDatabaseNews({ lost: () => told.push('lost'), blocked: () => undefined });
  await freshPhone();
  notePhone({ device: NEW, site: '', seq: 0 });
  notePhone({ device: DEVICE, site: 'Pingxiang', seq: 0 });
  told = [];
});

test('a record that cannot be kept under its enrolment is refused, and the loss is told once', async () => {
  await arrive();
  await arrive();
  noteWaiting(2);
  const own = await means();
  await cleared();
  for (let i = 0; i < 2; i += 1) {
    await assert.rejects(appendRecord({ kind: 'arrival', parcel: PARCEL, ...at(5) }, own), { code: 'storage_lost' });
  }
  assert.deepEqual(told, ['lost']);
  assert.equal(await countRecords('pending'), 0, 'nothing was put where nobody could send it');
  assert.deepEqual(phoneNote(), { device: DEVICE, site: 'Pingxiang', seq: 2, waiting: 2 });
});

test('a slice of a running film is not taken for kept', async () => {
  const take = await film(['one ', 'two ']);
  await cleared();
  await assert.rejects(take.append(bufferOf('three'), 3000), { code: 'storage_lost' });
  const db = await openDb();
  assert.deepEqual(await Promise.all([db.count('chunks'), db.count('slices')]), [0, 0]);
  await take.release();
});

test('the next enrolment says whose place it takes, keeps what the server answers, and work goes on', async () => {
  await arrive();
  await cleared();
  const dock = enrolling();
  await enrol('CODE', 'Gate 2');
  const sent = JSON.parse(dock.seen[0].body.toString());
  assert.deepEqual(sent.former, { device: DEVICE, last_seq: 1 });
  assert.deepEqual(await getSetting('former'), FORMER);
  assert.deepEqual([phoneNote()?.device, phoneNote()?.seq, phoneNote()?.waiting], [NEW, 0, 0]);
  assert.equal((await arrive()).seq, 1, 'a chain of its own');
});

test('a phone that still has its enrolment says nothing of a former one', async () => {
  const dock = enrolling();
  await enrol('CODE', 'Gate 2');
  assert.equal('former' in JSON.parse(dock.seen[0].body.toString()), false);
});
