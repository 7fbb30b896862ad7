import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NOW, PARCEL, at, freshPhone, means } from './phone.mjs';
import { parseRecord } from '../../static/src/core/record.js';
import { bindDraft, isSticker, sameCode } from '../../static/src/screens/bind_draft.js';
import { instant } from '../../static/src/screens/count_drafts.js';
import { bindPath, routeOf } from '../../static/src/screens/routes.js';
import { appendRecord, markReceipt, recordsSince } from '../../static/src/store/journal.js';
import { findByScan, parcelView, saveSnapshot } from '../../static/src/store/snapshot.js';

const OTHER = '8b'.repeat(16);
const [OWN, BLANK, ANYBODYS, UNKNOWN] = ['7K3M9Q2XZV', 'ABCDEFGHJF', '7K3MQ9XVT3', 'HJKMNPQRS8'];
const STICKER = '仓A-17 0042';
const parcel = { orders: [], customer_code: 'VN-07', voided_labels: [], received_at: null, received_zone: null };
const SNAPSHOT = {
  site: { id: '51'.repeat(16), name: 'Pingxiang', kind: 'cn', zone: 'Asia/Shanghai', language: 'zh_CN' },
  workers: [],
  orders: [],
  parcels: [
    { ...parcel, id: PARCEL, labels: [OWN], waybills: [{ courier: 'YTO', number: 'YT8842716650321', number_norm: 'YT8842716650321' }] },
    { ...parcel, id: OTHER, labels: [], waybills: [] },
  ],
  blanks: [{ customer_code: 'VN-07', codes: BLANK }, { customer_code: null, codes: `${ANYBODYS}` }],
  aliases: { 'KHO-9': OTHER },
  server_time_ms: NOW,
};

beforeEach(async () => {
  await freshPhone();
  await saveSnapshot(SNAPSHOT, NOW);
});

/** @param {string} text @param {string} id */
async function bindTo(text, id, ms = 100) {
  const { mono, wall } = at(ms);
  return appendRecord(bindDraft(text, { parcel: id, orders: [] }, { mono, wall }), await means(NOW + ms));
}

/** @param {string} text */
async function foundParcel(text) {
  const found = await findByScan(text);
  return found.kind === 'parcel' ? found.parcel.id : found.kind;
}

test('a blank label says whose roll it is from; an unknown code of ours is no blank label', async () => {
  assert.deepEqual(await findByScan(`HTTPS://DOCK.EXAMPLE/L/${BLANK}`), { kind: 'blank', code: BLANK, customerCode: 'VN-07' });
  assert.deepEqual(await findByScan(ANYBODYS), { kind: 'blank', code: ANYBODYS, customerCode: null });
  assert.deepEqual(await findByScan(UNKNOWN), { kind: 'none' });
});

test('a snapshot of an older server has no blank labels and no stickers', async () => {
  const { blanks, aliases, ...older } = SNAPSHOT;
  await saveSnapshot(older, NOW + 1);
  assert.deepEqual(await findByScan(blanks[0].codes), { kind: 'none' });
  assert.deepEqual(await findByScan(Object.keys(aliases)[0]), { kind: 'none' });
});

test('bound on this phone, a blank label opens its parcel before the server knows', async () => {
  const { text } = await bindTo(BLANK, OTHER);
  const record = parseRecord(text);
  assert.deepEqual([record.kind, record.code, record.alias, record.parcel, record.label], ['bind', BLANK, null, OTHER, null]);
  assert.deepEqual(await findByScan(BLANK), { kind: 'parcel', parcel: SNAPSHOT.parcels[1], voided: false, others: [] });
  assert.deepEqual((await parcelView(OTHER))?.parcel.labels, [BLANK]);
  await bindTo(ANYBODYS, PARCEL);
  assert.deepEqual((await parcelView(PARCEL))?.parcel.labels, [ANYBODYS, OWN], 'its own print stays the one to show');
});

test('the first binding stands, here as on the server', async () => {
  await bindTo(BLANK, OTHER, 100);
  await bindTo(BLANK, PARCEL, 200);
  assert.equal(await foundParcel(BLANK), OTHER);
});

test('what the server found in the way or set aside binds nothing', async () => {
  const taken = await bindTo(BLANK, OTHER);
  const findings = [{ code: 'bind_code_taken', message: '' }];
  await markReceipt(taken.id, { id: taken.id, state: 'accepted', record: taken.hash, entry: 1, findings });
  const refused = await bindTo(ANYBODYS, OTHER);
  await markReceipt(refused.id, { id: refused.id, state: 'malformed', record: refused.hash });
  assert.equal(await foundParcel(BLANK), 'blank');
  assert.equal(await foundParcel(ANYBODYS), 'blank');
});

test('a binding that a newer snapshot must know is the server\'s to tell', async () => {
  const bound = await bindTo(BLANK, OTHER);
  await saveSnapshot(SNAPSHOT, NOW + 50);
  assert.equal(await foundParcel(BLANK), OTHER, 'written after the snapshot was asked for');
  await saveSnapshot(SNAPSHOT, NOW + 1000);
  assert.equal(await foundParcel(BLANK), OTHER, 'still without an answer');
  await markReceipt(bound.id, { id: bound.id, state: 'accepted', record: bound.hash, entry: 1, findings: [] });
  assert.equal(await foundParcel(BLANK), 'blank');
});

test('records since: all that wait, and the answered ones of the time', async () => {
  const old = await bindTo('sticker 1', OTHER, 10);
  await bindTo('sticker 2', OTHER, 20);
  const late = await bindTo('sticker 3', OTHER, 500);
  for (const { id, hash } of [old, late]) await markReceipt(id, { id, state: 'accepted', record: hash, entry: 1 });
  const since = async (/** @type {number} */ ms) => (await recordsSince('bind', NOW + ms)).map(({ seq }) => seq);
  assert.deepEqual(await since(0), [1, 2, 3]);
  assert.deepEqual(await since(100), [2, 3]);
  assert.deepEqual(await recordsSince('arrival', NOW), []);
});

test('a sticker is found by any spelling, from the server\'s list and from this phone', async () => {
  assert.equal(await foundParcel('kho-9'), OTHER);
  assert.equal(await foundParcel(STICKER), 'none');
  const { text } = await bindTo(STICKER, PARCEL);
  assert.equal(parseRecord(text).alias, STICKER);
  assert.equal(await foundParcel('仓a-170042'), PARCEL);
});

test('an exact waybill comes before a sticker that reads the same', async () => {
  await bindTo('YT8842716650321', OTHER);
  assert.equal(await foundParcel('YT8842716650321'), PARCEL);
});

test('a label of ours is never a sticker', () => {
  assert.ok(isSticker(STICKER));
  assert.ok(isSticker('https://kho.example/q/aB3x'));
  for (const text of [BLANK, `https://elsewhere.example/L/${UNKNOWN}`, 'ABCDEFGHJG', ' ', 'x'.repeat(201)]) assert.ok(!isSticker(text), text);
});

test('the label that is still before the camera is the same label', () => {
  assert.ok(sameCode(BLANK, `HTTPS://DOCK.EXAMPLE/L/${BLANK}`));
  assert.ok(sameCode(STICKER, '仓a-170042'));
  assert.ok(!sameCode(BLANK, ANYBODYS));
  assert.ok(!sameCode(STICKER, BLANK));
});

test('what is to be bound has an address, whatever the sticker says', () => {
  for (const text of [BLANK, STICKER, 'a&b=c #?/\u001d']) {
    assert.deepEqual(routeOf(bindPath(text)), { screen: 'bind', code: text });
  }
  const times = instant({ mono: 1, wall: NOW, tz: 420 });
  assert.deepEqual(bindDraft('a\0b', { parcel: OTHER, orders: ['04'.repeat(16)] }, times), {
    kind: 'bind', order: '04'.repeat(16), parcel: OTHER, code: null, alias: 'ab', ...times,
  });
});
