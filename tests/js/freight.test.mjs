import { NOW, WORKER, freshPhone } from './phone.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { MOST_HANDED_OVER } from '../../static/src/core/record_kinds.js';
import { parseRecord, recordText } from '../../static/src/core/record.js';
import { readSpelling } from '../../static/src/core/sticker.js';
import { FreightSession } from '../../static/src/screens/freight_session.js';
import { FREIGHT_PATH, routeOf } from '../../static/src/screens/routes.js';
import { instant } from '../../static/src/screens/count_drafts.js';
import { handoverDraft } from '../../static/src/screens/receiving_drafts.js';
import { recordsSince } from '../../static/src/store/journal.js';
import { allPhotos } from '../../static/src/store/photos.js';
import { getSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';

const IDS = ['9a', '9b', '9c', '9d'].map((pair) => pair.repeat(16));
const ORDER = '04'.repeat(16);
const plain = { customer_code: 'VN-88', labels: [], voided_labels: [], received_at: null, received_zone: null };
const CONTRACT = { id: 'c1'.repeat(16), customer_code: 'VN-88', carrier: 'Bắc Nam', reference: 'BN-7', notice_hours: 72 };
const THEIRS = { ...CONTRACT, id: 'c2'.repeat(16), customer_code: 'VN-99' };
const SHOT = { data: Uint8Array.from([0xff, 0xd8, 0xff]).buffer, mime: 'image/jpeg', source: /** @type {const} */ ('camera') };
const MINUTE = 60_000;
const nobody = async () => null;

/** @param {Record<string, object>} more by parcel */
function snapshot(more = {}) {
  return {
    site: { id: '51'.repeat(16), name: 'Pingxiang', kind: 'CN_forwarder', zone: 'Asia/Shanghai', language: 'zh_CN' },
    workers: [WORKER],
    orders: [{ id: ORDER, order_no: '3657499272179232333', customer_code: 'VN-88', supplier: '', remark: '', lines: [] }],
    parcels: IDS.map((id, i) => ({ ...plain, id, orders: [ORDER], waybills: [{ courier: 'ZTO', number: `7903000000${i}`, number_norm: `7903000000${i}` }], ...more[id] })),
    contracts: [CONTRACT, THEIRS],
    server_time_ms: NOW,
  };
}

/** @param {string[]} codes */
async function scanned(codes) {
  const freight = new FreightSession();
  await freight.load();
  for (const code of codes) await freight.scan(code, nobody);
  return freight;
}

/** The hand-overs as they were signed, oldest first. */
async function signed() {
  return (await recordsSince('handover', 0)).map((row) => parseRecord(row.text));
}

beforeEach(async () => {
  await freshPhone();
});

test('scanning says nothing yet; one record hands the whole lorry over, and its slip is about it', async () => {
  await saveSnapshot(snapshot(), Date.now());
  const freight = await scanned(['79030000000', '79030000001', '79030000000']);
  assert.deepEqual([freight.kept.scans.length, (await recordsSince(null, 0)).length], [2, 0]);
  assert.deepEqual(freight.offered, [CONTRACT], 'another customer has no parcel here');
  await freight.say({ carrier: ' Bắc Nam ', contract: CONTRACT.id });
  assert.equal(await freight.addSeal(' sz 88123 '), true);
  const id = await freight.handOver({ agoMs: 45 * MINUTE + 30_000 }, SHOT);
  const [record] = await signed();
  assert.deepEqual(
    [record.id, record.parcel, record.values?.contract, record.values?.ago, record.values?.parcels],
    [id, null, CONTRACT.id, '45', `${IDS[0]} ${IDS[1]}`],
  );
  assert.deepEqual([readSpelling(record.values?.carrier ?? ''), readSpelling(record.values?.seals ?? '')], ['Bắc Nam', 'SZ 88123']);
  const [photo] = (await recordsSince('photo', 0)).map((row) => parseRecord(row.text));
  assert.deepEqual([photo.slot, photo.parcel, photo.values?.about, (await allPhotos()).length], ['EV-23', null, id, 1]);
  assert.equal(await getSetting('freight'), null, 'the next one starts anew');
});

test('a reload goes on with it, and the last one scanned can be left out', async () => {
  await saveSnapshot(snapshot(), Date.now());
  const before = await scanned(['79030000000', '79030000001']);
  await before.say({ carrier: 'Bắc Nam' });
  const after = new FreightSession();
  await after.load();
  assert.deepEqual([after.kept.scans.length, after.kept.carrier, after.views.size], [2, 'Bắc Nam', 2]);
  assert.equal((await after.undo())?.parcel.id, IDS[1]);
  assert.deepEqual(after.kept.scans.map(({ parcel }) => parcel), [IDS[0]]);
  assert.deepEqual(await recordsSince(null, 0), [], 'nothing was signed, so nothing is taken back');
});

test('what went already is not taken again: told by the server, or by this phone without a connection', async () => {
  const told = new Date(NOW - 3 * 60 * MINUTE).toISOString();
  await saveSnapshot(snapshot({ [IDS[3]]: { handed_over: told } }), Date.now());
  const freight = await scanned(['79030000000']);
  assert.deepEqual(await freight.scan('79030000003', nobody).then((one) => one && 'atMs' in one && [one.kind, one.atMs]), ['before', Date.parse(told)]);
  await freight.say({ carrier: 'Bắc Nam' });
  const id = await freight.handOver({ agoMs: 0 }, null);
  const next = new FreightSession();
  await next.load();
  assert.equal((await next.scan('79030000000', nobody))?.kind, 'before');
  await next.takeBack(id);
  const [back] = (await recordsSince('withdrawal', 0)).map((row) => parseRecord(row.text));
  assert.deepEqual([back.supersedes, back.values?.reason], [id, 'scanned-by-mistake']);
  assert.equal((await next.scan('79030000000', nobody))?.kind, 'new');
});

test('an unknown code is a seal when the person says so, and is no parcel', async () => {
  await saveSnapshot(snapshot(), Date.now());
  const freight = await scanned(['79030000000', 'ml-cn1234567', 'WHAT IS THIS']);
  assert.deepEqual(freight.kept.unknown.map(({ text }) => text), ['ml-cn1234567', 'WHAT IS THIS']);
  assert.equal(await freight.addSeal('ml-cn1234567'), true);
  await freight.forget('WHAT IS THIS');
  assert.deepEqual([freight.kept.unknown, freight.kept.seals], [[], ['ML-CN1234567']]);
  assert.equal(await freight.addSeal('ML-CN 1234567'), true);
  assert.equal(freight.kept.seals.length, 1, 'the same seal read twice is one');
  for (const wrong of ['', '  ', ',', 'X'.repeat(19)]) assert.equal(await freight.addSeal(wrong), false, wrong);
  for (let n = 2; n <= 10; n += 1) assert.equal(await freight.addSeal(`SEAL NUMBER IS ${n}`), true);
  assert.equal(await freight.addSeal('ONE MORE'), false);
  assert.deepEqual(await recordsSince('unidentified', 0), [], 'nothing is held');
  await freight.say({ carrier: 'x' });
  await freight.handOver({ agoMs: 0 }, null);
  assert.equal(readSpelling((await signed())[0].values?.seals ?? '').split(', ').length, 10);
});

test('a contract of somebody whose parcels stayed here is not signed', async () => {
  await saveSnapshot(snapshot(), Date.now());
  const freight = await scanned(['79030000000']);
  await freight.say({ carrier: 'Bắc Nam', contract: THEIRS.id });
  await freight.handOver({ agoMs: 0 }, null);
  assert.deepEqual([(await signed())[0].values?.contract, (await signed())[0].values?.seals], [null, null]);
});

test('the draft is a record whatever was typed, and as many parcels as one lorry takes', () => {
  const times = instant({ mono: 61_000, wall: NOW, tz: 480 });
  const parcels = Array.from({ length: MOST_HANDED_OVER }, (_, n) => n.toString(16).padStart(32, '0'));
  for (const [agoMs, ago] of [[-5, '0'], [59_999, '0'], [60_000, '1'], [1e15, '99999']]) {
    const draft = handoverDraft(times, { carrier: `${'马'.repeat(300)}\0`, contract: null, seals: ['封条一'], agoMs: Number(agoMs), parcels });
    assert.equal(draft.values.ago, ago);
    const head = { id: '01'.repeat(16), device: 'd0'.repeat(16), seq: 1, prev: null, boot: '00'.repeat(8), site: '51'.repeat(16), worker: WORKER.id };
    const rest = { slot: null, challenge: null, file: null, chunks: null, offset: null, events: null, supersedes: null, app: '3f', salt: '5a'.repeat(16) };
    const text = recordText(/** @type {any} */ ({ ...head, ...rest, ...draft }));
    assert.equal(parseRecord(text).values?.parcels?.split(' ').length, MOST_HANDED_OVER);
  }
});

test('its screen has an address of its own', () => {
  assert.deepEqual(routeOf(FREIGHT_PATH), { screen: 'freight' });
});
