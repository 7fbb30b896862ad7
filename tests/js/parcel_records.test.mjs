import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NOW, PARCEL, SITE, WORKER, at, film, freshPhone, means, span } from './phone.mjs';
import { appendRecord, markReceipt } from '../../static/src/store/journal.js';
import { factsOfParcel, progressOfParcel } from '../../static/src/store/parcel_records.js';
import { putSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';

const LINE = 'a1'.repeat(16);
const TOLD = { kind: 'condition', slot: null, also: [], values: { outer: 'intact', tape: 'none' }, worker: 'Binh', site: SITE.id, gone: false };

/** @param {any} parcel what the server adds @param {any} line */
async function told(parcel = {}, line = {}, site = {}) {
  await saveSnapshot({
    site: { ...SITE, kind: 'CN_forwarder', ...site }, workers: [{ id: WORKER.id, name: 'An', role: 'receiver' }],
    orders: [{ id: 'o1', order_no: '36', customer_code: null, supplier: null, remark: null,
      lines: [{ id: LINE, seq: 1, title: 'Cup', spec: null, colour: null, size: null, unit: null, sku_id: null, picture: null, ...line }] }],
    parcels: [{ id: PARCEL, orders: ['o1'], customer_code: null, waybills: [], labels: [], voided_labels: [], received_at: null, received_zone: null, ...parcel }],
    server_time_ms: NOW + 50_000,
  }, NOW);
}

/** @param {string} kind @param {Record<string, string | null>} values @param {number} ms @param {any} [more] */
async function say(kind, values, ms, more = {}) {
  const { wall, now = NOW, ...rest } = more;
  return appendRecord({ kind, parcel: PARCEL, values, ...at(ms, { wall: wall ?? NOW + ms }), ...rest }, await means(now));
}

const closed = { grams: '12400', shown: '12.4', unit: 'kg', target: 'parcel', opened: 'no' };
const opening = { take: null, at: null };

beforeEach(freshPhone);

test('what others recorded and what this phone did are one list', async () => {
  const id = '0c'.repeat(16);
  await told({ facts: [{ ...TOLD, id, at: new Date(NOW - 5000).toISOString() }] });
  const mine = await say('weighing', closed, 1000);
  const [first, second] = await factsOfParcel(PARCEL);
  const empty = { gone: false, corrects: null, slot: null, also: [] };
  assert.deepEqual(first, { ...empty, id, kind: 'condition', values: TOLD.values, at: NOW - 5000, worker: 'Binh' });
  assert.deepEqual(second, { ...empty, id: mine.id, kind: 'weighing', values: closed, at: NOW + 1000, worker: 'An' });
});

test('a record that the server has as well stands once, with the server\'s time and fate', async () => {
  await told();
  const mine = await say('weighing', closed, 1000);
  await told({ facts: [{ ...TOLD, id: mine.id, kind: 'weighing', values: closed, at: new Date(NOW + 900).toISOString(), gone: true }] });
  const facts = await factsOfParcel(PARCEL);
  assert.deepEqual(facts.map(({ id, at: ms, gone, worker }) => [id, ms, gone, worker]), [[mine.id, NOW + 900, true, 'Binh']]);
});

test('a withdrawal takes back, a correction replaces, what the server set aside says nothing', async () => {
  await told();
  const slip = await say('condition', { outer: 'crushed', tape: 'broken' }, 1000);
  await say('withdrawal', { reason: 'mistyped' }, 1100, { supersedes: slip.id });
  const typo = await say('weighing', { ...closed, grams: '1240' }, 1200);
  const right = await say('weighing', closed, 1300, { supersedes: typo.id });
  const bad = await say('opening', opening, 1400);
  await markReceipt(bad.id, { id: bad.id, state: 'malformed', record: bad.hash });
  const facts = await factsOfParcel(PARCEL);
  assert.deepEqual(facts.map(({ kind, gone }) => [kind, gone]), [['condition', true], ['withdrawal', false], ['weighing', true], ['weighing', false]]);
  assert.deepEqual(facts.find(({ id }) => id === right.id)?.corrects, typo.id);
  const progress = await progressOfParcel(PARCEL);
  assert.deepEqual([progress?.raised, progress?.opened], [null, null]);
  assert.equal(progress?.steps.find(({ name }) => name === 'weight')?.state, 'done');
});

test('a photo fills its slots; a finished take is a count', async () => {
  await told();
  const take = await film(['x']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  const facts = await factsOfParcel(PARCEL);
  const sealed = facts.find(({ kind }) => kind === 'take');
  assert.deepEqual([sealed?.slot, sealed?.values, sealed?.at], ['EV-18', { opens: take.takeId, closed: 'complete' }, NOW + 4000]);
  assert.equal((await progressOfParcel(PARCEL))?.opened, NOW + 4000);
});

test('a clock set back by years between two records does not turn their order round', async () => {
  await told();
  await say('condition', { outer: 'intact', tape: 'none' }, 1000, { wall: NOW + 10 * 365 * 86_400_000 });
  await say('weighing', closed, 2000, { wall: NOW + 2000 });
  await say('opening', opening, 3000, { wall: NOW - 10 * 365 * 86_400_000 });
  const facts = await factsOfParcel(PARCEL);
  assert.deepEqual(facts.map(({ kind }) => kind), ['condition', 'weighing', 'opening']);
  const states = (await progressOfParcel(PARCEL))?.steps.map(({ state }) => state);
  assert.deepEqual(states?.slice(0, 3), ['done', 'done', 'done']);
});

test('times are the server\'s, by the offset that the phone knew', async () => {
  await told();
  await putSetting('offset', { ms: -60_000, pm: 5, at: NOW });
  await say('weighing', closed, 1000);
  assert.equal((await factsOfParcel(PARCEL))[0].at, NOW + 1000 - 60_000);
});

test('the plan, the lightest earlier parcel and the site come from the server', async () => {
  await told({ least_grams: 12_401 }, {}, { kind: 'VN_warehouse' });
  await say('weighing', closed, 1000);
  const progress = await progressOfParcel(PARCEL);
  assert.deepEqual([progress?.raised, progress?.next, progress?.steps.length], ['light', 'delivery', 7]);
  assert.equal(await progressOfParcel('00'.repeat(16)), null);
});

test('a parcel that somebody else has counted is counted, whoever it was', async () => {
  await told({}, { counted: [[PARCEL, 24]] });
  const progress = await progressOfParcel(PARCEL);
  assert.equal(progress?.steps.find(({ name }) => name === 'count')?.state, 'done');
  assert.equal(progress?.opened, NOW + 50_000);
});

test('a server that sends none of this is understood', async () => {
  await told();
  assert.deepEqual(await factsOfParcel(PARCEL), []);
  assert.equal((await progressOfParcel(PARCEL))?.next, 'condition');
});
