import { NOW, PARCEL, WORKER, at, freshPhone, means } from './phone.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { progressOf } from '../../static/src/core/receiving.js';
import { parseRecord, recordText } from '../../static/src/core/record.js';
import { readSpelling } from '../../static/src/core/sticker.js';
import { actByOf, isUrgent } from '../../static/src/core/urgency.js';
import { pictureSize } from '../../static/src/device/code_picture.js';
import { instant } from '../../static/src/screens/count_drafts.js';
import { GateSession } from '../../static/src/screens/gate_session.js';
import { holdParcel } from '../../static/src/screens/hold_parcel.js';
import { closedSteps, mayFilm, mayShow, pictureOf, reasonsFor, skippedBy, stageOf } from '../../static/src/screens/parcel_flow.js';
import * as drafts from '../../static/src/screens/receiving_drafts.js';
import { GATE_PATH, discrepancyPath, guidedPath, holdPath, listPath, routeOf, samplePath, verdictPath } from '../../static/src/screens/routes.js';
import { heldBefore } from '../../static/src/store/held.js';
import { appendRecord, recordsSince } from '../../static/src/store/journal.js';
import { allPhotos } from '../../static/src/store/photos.js';
import { getSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { listsOf, worklists } from '../../static/src/store/worklists.js';
import { vectors } from './vectors.mjs';

const HOUR = 3_600_000;
const LINE = 'a1'.repeat(16);
const times = instant({ mono: 61_000, wall: NOW, tz: 480 });
const refs = { parcel: PARCEL, orders: ['04'.repeat(16)], label: '7K3M9Q2XZV' };

/** @param {string} kind @param {Record<string, string | null>} [values] */
function fact(kind, values = {}, more = {}) {
  made += 1;
  return { id: made.toString(16).padStart(32, '0'), kind, slot: null, also: [], values, at: NOW + made, worker: 'An', gone: false, ...more };
}
let made = 0;
const intact = () => fact('condition', { outer: 'intact', tape: 'intact' });
const weighed = () => fact('weighing', { grams: '12500', shown: '12.5', unit: 'kg', target: 'parcel', opened: 'no' });
/** @param {string} slot @param {string[]} also */
const photo = (slot, ...also) => fact('photo', {}, { slot, also });

/** @param {ReturnType<typeof fact>[]} facts */
function stage(facts, { asked = ['arrive', 'condition', 'weight', 'count'], siteKind = 'CN_forwarder', arrived = true, moreDamage = false } = {}) {
  return stageOf(progressOf(facts, { asked, siteKind }), facts, { arrived, moreDamage });
}

test('a clean parcel asks one thing after the other', () => {
  const facts = [];
  const way = [stage(facts)];
  for (const next of [intact(), photo('EV-12', 'EV-04'), weighed(), photo('EV-16')]) {
    facts.push(next);
    way.push(stage(facts));
  }
  assert.deepEqual(way, ['condition', 'label_photo', 'weight', 'weight_photo', 'count']);
  assert.equal(stage(facts, { asked: ['arrive', 'condition', 'weight'] }), 'complete');
  assert.equal(stage([], { asked: ['arrive'], arrived: false }), 'arrive');
});

test('damage asks for its pictures at once, and raises a lighter plan to a count', () => {
  const asked = ['arrive', 'condition', 'weight'];
  const torn = fact('condition', { outer: 'torn', tape: 'broken' });
  assert.equal(stage([torn], { asked }), 'damage_photo');
  const facts = [torn, photo('EV-17', 'EV-09')];
  assert.equal(stage(facts, { asked, moreDamage: true }), 'damage_photo');
  assert.equal(stage(facts, { asked }), 'label_photo');
  assert.equal(stage([...facts, photo('EV-12', 'EV-04'), weighed(), photo('EV-16')], { asked }), 'count');
  assert.deepEqual(pictureOf('damage_photo', facts), { slot: 'EV-17', also: ['EV-09'], about: torn.id });
});

test('without tape the waybill\'s picture claims none', () => {
  const none = fact('condition', { outer: 'intact', tape: 'none' });
  assert.deepEqual(pictureOf('label_photo', [none]), { slot: 'EV-12', also: [], about: none.id });
  assert.deepEqual(pictureOf('condition', []), { slot: 'EV-12', also: ['EV-04'], about: null });
});

test('a skipped picture is not asked again, a skipped weight neither; the film waits for both', () => {
  const facts = [intact()];
  const progress = () => progressOf(facts, { asked: ['arrive', 'condition', 'weight', 'count'], siteKind: 'CN_forwarder' });
  assert.deepEqual(skippedBy('label_photo', progress(), facts), ['photo-ev-12', 'photo-ev-04']);
  facts.push(...['photo-ev-04', 'photo-ev-12'].map((step) => fact('skip', { step, reason: 'no-light' })));
  assert.equal(stage(facts), 'weight');
  assert.ok(!mayFilm(progress()));
  facts.push(fact('skip', { step: 'weight', reason: 'no-scale' }));
  assert.equal(stage(facts), 'count');
  assert.ok(mayFilm(progress()));
  facts.push(fact('skip', { step: 'count', reason: 'too-many' }));
  assert.equal(stage(facts), 'complete');
});

test('in Vietnam nothing comes before the courier\'s delivery, and a refusal ends it', () => {
  const siteKind = 'VN_warehouse';
  /** @param {string} outcome */
  const delivery = (outcome) => fact('delivery', { courier: 'present', outcome, reason: null });
  assert.equal(stage([], { siteKind, arrived: false }), 'delivery');
  assert.equal(stage([delivery('accepted')], { siteKind }), 'condition');
  assert.equal(stage([delivery('annotated')], { siteKind }), 'delivery_photo');
  assert.equal(stage([delivery('annotated'), photo('EV-28')], { siteKind }), 'condition');
  assert.equal(stage([delivery('refused'), photo('EV-28')], { siteKind, arrived: false }), 'refused');
});

test('every draft is a record of format 1', () => {
  const base = { id: '1f'.repeat(16), device: 'd0'.repeat(16), seq: 1, prev: null, boot: 'b0'.repeat(8), site: '51'.repeat(16), worker: WORKER.id, slot: null, challenge: null };
  const rest = { file: null, chunks: null, events: null, offset: null, supersedes: null, app: 'ab', salt: '5a'.repeat(16) };
  const all = [
    drafts.conditionDraft(refs, times, { outer: 'wet', tape: 'none' }),
    drafts.weighingDraft(refs, times, { grams: 6250, shown: '12.5', unit: 'jin' }, '2b'.repeat(16)),
    drafts.deliveryDraft(refs, times, { courier: 'present', outcome: 'refused', reason: 'damaged-outside' }),
    drafts.skipDraft(refs, times, { step: 'photo-ev-12', reason: 'label-unreadable' }),
    drafts.slipDraft(times, { courier: 'zto', listed: 30, scanned: 28 }),
    drafts.unidentifiedDraft('没人认识 🙂 42', times),
    drafts.takeBackDraft(refs, times, { record: '2b'.repeat(16), reason: 'scanned-by-mistake' }),
  ];
  for (const draft of all) {
    const read = parseRecord(recordText({ ...base, ...rest, ...draft }));
    assert.deepEqual(read.values, draft.values);
  }
  assert.deepEqual([all[4].parcel, all[5].parcel], [null, null]);
});

test('what a sticker says is carried as far as a record carries it', () => {
  const said = readSpelling(drafts.unidentifiedDraft(`\0${'长'.repeat(300)}`, times).values.alias);
  assert.equal(said, '长'.repeat(200));
});

test('each reason has a code that a record carries', () => {
  for (const name of /** @type {const} */ (['delivery_photo', 'condition', 'damage_photo', 'label_photo', 'weight', 'weight_photo', 'count'])) {
    for (const reason of reasonsFor(name)) assert.match(reason, /^[a-z][a-z0-9_-]{0,39}$/);
    assert.ok(reasonsFor(name).length > 0, name);
  }
});

test('the new screens have addresses that lead back to them', () => {
  assert.deepEqual(routeOf(GATE_PATH), { screen: 'gate' });
  assert.deepEqual(routeOf(listPath('urgent')), { screen: 'list', list: 'urgent' });
  assert.deepEqual(routeOf('/scan?list=everything'), { screen: 'scan' });
  assert.deepEqual(routeOf(holdPath('a b&c?')), { screen: 'hold', code: 'a b&c?' });
  assert.deepEqual(routeOf(samplePath(PARCEL, LINE)), { screen: 'sample', parcel: PARCEL, line: LINE });
  assert.deepEqual(routeOf(verdictPath(PARCEL)), { screen: 'verdict', parcel: PARCEL });
  assert.deepEqual(routeOf(discrepancyPath(PARCEL, 'short_count')), { screen: 'discrepancy', parcel: PARCEL, type: 'short_count' });
  assert.deepEqual(routeOf(guidedPath(PARCEL, 'EV-02')), { screen: 'guided', parcel: PARCEL, slot: 'EV-02' });
  assert.deepEqual(routeOf(`/parcel/${PARCEL}?guided=../x`), { screen: 'parcel', parcel: PARCEL, voided: false });
});

test('a picture says its size before anybody decodes it', () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
  assert.deepEqual(pictureSize(png), { width: 10_000, height: 10_000 });
  const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc4, 0, 3, 9, 0xff, 0xc2, 0, 11, 8, 0x0b, 0xb8, 0x0f, 0xa0, 3, 0, 0]);
  assert.deepEqual(pictureSize(jpeg), { width: 4000, height: 3000 });
  assert.equal(pictureSize(jpeg.slice(0, 12)), null);
  assert.equal(pictureSize(new Uint8Array()), null);
  // A length of nothing must not go round for ever.
  assert.equal(pictureSize(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), null);
});

// With a phone's memory.

const IDS = ['9a', '9b', '9c', '9d'].map((pair) => pair.repeat(16));
const ORDER = '04'.repeat(16);
const plain = { customer_code: 'VN-88', labels: [], voided_labels: [], received_at: null, received_zone: null };

/** @param {Record<string, object>} more by parcel */
function snapshot(more = {}, kind = 'CN_forwarder') {
  return {
    site: { id: '51'.repeat(16), name: 'Pingxiang', kind, zone: 'Asia/Shanghai', language: 'zh_CN' },
    workers: [WORKER],
    orders: [{ id: ORDER, order_no: '3657499272179232333', customer_code: 'VN-88', supplier: '', remark: '', lines: [] }],
    parcels: IDS.map((id, i) => ({ ...plain, id, orders: [ORDER], waybills: [{ courier: 'ZTO', number: `7903000000${i}`, number_norm: `7903000000${i}` }], ...more[id] })),
    server_time_ms: NOW,
  };
}
/** @param {string} id @param {number} at epoch milliseconds */
const told = (id, at, more = {}) => ({ id, kind: 'arrival', slot: null, also: [], values: {}, at: new Date(at).toISOString(), worker: 'Binh', gone: false, ...more });

beforeEach(async () => {
  await freshPhone();
});

test('the lists hold what is here, what is not counted, and what runs out', async () => {
  await saveSnapshot(snapshot({
    [IDS[0]]: { facts: [told('f0'.repeat(16), NOW - HOUR)] },
    [IDS[1]]: { facts: [told('f1'.repeat(16), NOW - 21 * HOUR)] },
    [IDS[2]]: { facts: [told('f2'.repeat(16), NOW - HOUR, { gone: true })], received_at: new Date(NOW - HOUR).toISOString() },
  }), NOW);
  const lists = await worklists(NOW);
  const ids = (/** @type {'arrived' | 'to_count' | 'urgent'} */ name) => lists?.[name].map(({ id }) => id);
  assert.deepEqual(ids('arrived'), [IDS[0]]);
  assert.deepEqual(ids('to_count'), [IDS[1], IDS[0]]);
  assert.deepEqual(ids('urgent'), [IDS[1]]);
});

test('own records count before the server knows of them; China\'s receipt is no arrival in Vietnam', async () => {
  await saveSnapshot(snapshot({ [IDS[1]]: { received_at: new Date(NOW - 90 * HOUR).toISOString() } }, 'VN_warehouse'), NOW);
  assert.deepEqual((await worklists(NOW))?.to_count, []);
  await appendRecord({ kind: 'arrival', parcel: IDS[0], ...at(100) }, await means(NOW + 100));
  const lists = await worklists(NOW + HOUR);
  assert.deepEqual([lists?.arrived.length, lists?.to_count.length, lists?.urgent.length], [1, 1, 0]);
});

test('the limit that the server told is the limit; in Vietnam it is of its own receipt', async () => {
  const facts = [told('f0'.repeat(16), NOW - HOUR)];
  const act_by = new Date(NOW + 3 * HOUR).toISOString();
  const urgent = async (/** @type {string} */ kind) => {
    await saveSnapshot(snapshot({ [IDS[0]]: { facts, act_by } }, kind), NOW);
    return (await worklists(NOW))?.urgent.map(({ id, actByMs }) => [id, actByMs]);
  };
  assert.deepEqual(await urgent('CN_forwarder'), [[IDS[0], NOW + 3 * HOUR]]);
  assert.deepEqual(await urgent('VN_warehouse'), []);
  assert.equal((await worklists(NOW))?.to_count[0].actByMs, NOW + 23 * HOUR);
});

for (const { what, received, act_by, now, urgent } of vectors('urgency').receiver) {
  test(`urgent: ${what}`, () => {
    const [receivedMs, actByMs, at] = [received, act_by, now].map(Date.parse);
    assert.equal(actByOf(null, receivedMs), actByMs);
    assert.equal(actByOf(act_by, 0), actByMs);
    assert.equal(isUrgent(actByMs, at), urgent);
  });
}

test('urgent is less than four hours, and whatever is past', () => {
  const item = { id: PARCEL, customerCode: null, waybill: null, orderNos: [], arrivedMs: NOW - 24 * HOUR, toCount: true };
  const urgent = (/** @type {number} */ left, toCount = true) => listsOf([{ ...item, toCount, actByMs: NOW + left }], { now: NOW, zone: 'Asia/Shanghai' }).urgent.length;
  assert.deepEqual([urgent(4 * HOUR), urgent(4 * HOUR - 1), urgent(-HOUR), urgent(-HOUR, false)], [0, 1, 1, 0]);
});

test('gate-in writes each arrival once, and what it takes back it may write again', async () => {
  await saveSnapshot(snapshot({ [IDS[3]]: { facts: [told('f3'.repeat(16), NOW - HOUR)] } }), NOW);
  const gate = new GateSession();
  const choose = async () => null;
  // A wedge is faster than a disk: nothing may be lost or written twice.
  const kinds = await Promise.all(['79030000000', '79030000001', '79030000000', '79030000003'].map((text) => gate.scan(text, choose)));
  assert.deepEqual(kinds.map((one) => one?.kind), ['new', 'new', 'again', 'before']);
  assert.equal((await gate.undo())?.parcel.id, IDS[1]);
  const [taken] = await recordsSince('withdrawal', 0);
  const arrivals = await recordsSince('arrival', 0);
  assert.equal(parseRecord(taken.text).supersedes, arrivals[1].id);
  assert.equal((await gate.scan('79030000001', choose))?.kind, 'new');
  assert.equal((await recordsSince('arrival', 0)).length, 3);
  assert.equal(gate.scanned, 2);
});

test('unknown codes collect; held once, with a picture, and said so when they come again', async () => {
  await saveSnapshot(snapshot(), NOW);
  const gate = new GateSession();
  const choose = async () => null;
  assert.equal((await gate.scan('NOBODY-KNOWS-77', choose))?.kind, 'unknown');
  assert.equal((await gate.scan('nobody-knows - 77'.replace(' - ', '-'), choose))?.kind, 'unknown_again');
  assert.deepEqual(await recordsSince('unidentified', 0), []);
  const shot = { data: Uint8Array.from([0xff, 0xd8, 0xff]).buffer, mime: 'image/jpeg', source: /** @type {const} */ ('camera') };
  await gate.hold('NOBODY-KNOWS-77', shot);
  const [held] = await recordsSince('unidentified', 0);
  assert.equal((await heldBefore('NOBODY-KNOWS-77', Date.now()))?.id, held.id);
  assert.equal(await holdParcel('NOBODY-KNOWS-77', shot), held.id);
  const photos = await recordsSince('photo', 0);
  assert.deepEqual(photos.map((row) => parseRecord(row.text).values?.about), [held.id, held.id]);
  assert.equal((await allPhotos()).length, 2);
  assert.equal(gate.scanned, 1);
  const next = new GateSession();
  await next.load();
  assert.equal(next.kept.unknown[0].held, held.id);
});

test('what another phone of the site holds is said so, by whom and when, and only gets another picture', async () => {
  const theirs = { id: '7b'.repeat(16), at: new Date(NOW - HOUR).toISOString(), worker: 'Li Na' };
  await saveSnapshot({ ...snapshot(), holds: { 'NOBODY-KNOWS-78': theirs, '7K3M9Q2XZV': { ...theirs, id: '7c'.repeat(16) } } }, NOW);
  assert.deepEqual(await heldBefore('nobody-knows-78', NOW), { ...theirs, at: NOW - HOUR });
  assert.equal((await heldBefore('HTTPS://ANY.EXAMPLE/L/7K3M9Q2XZV', NOW))?.id, '7c'.repeat(16), 'a label is one code however it is read');
  const gate = new GateSession();
  assert.equal((await gate.scan('NOBODY-KNOWS-78', async () => null))?.kind, 'unknown');
  assert.deepEqual([gate.kept.unknown[0].held, gate.scanned], [theirs.id, 1]);
  const shot = { data: Uint8Array.from([0xff, 0xd8, 0xff]).buffer, mime: 'image/jpeg', source: /** @type {const} */ ('camera') };
  assert.equal(await holdParcel('NOBODY-KNOWS-78', shot), theirs.id);
  assert.deepEqual(await recordsSince('unidentified', 0), []);
  assert.equal(parseRecord((await recordsSince('photo', 0))[0].text).values?.about, theirs.id);
  // Matched at the desk meanwhile: the part is told anew without it.
  await saveSnapshot({ ...snapshot(), holds: {} }, NOW);
  assert.equal(await heldBefore('NOBODY-KNOWS-78', NOW), null);
});

test('a second comparison with the slip replaces the first; the end forgets the list', async () => {
  await saveSnapshot(snapshot(), NOW);
  const gate = new GateSession();
  await gate.scan('79030000000', async () => null);
  await gate.compare({ courier: 'zto', listed: 2 }, null);
  await gate.scan('79030000001', async () => null);
  await gate.compare({ courier: 'zto', listed: 2 }, null);
  const [first, second] = (await recordsSince('slip', 0)).map((row) => parseRecord(row.text));
  assert.deepEqual([first.values, second.values], [{ courier: 'zto', listed: '2', scanned: '1' }, { courier: 'zto', listed: '2', scanned: '2' }]);
  assert.equal(second.supersedes, first.id);
  await gate.end();
  assert.equal(await getSetting('gate'), null);
});

test('nothing of the goods is captured before the closed parcel was shown, or somebody said why not', () => {
  const seen = (/** @type {any[]} */ ...facts) => progressOf(facts, { asked: ['arrive', 'condition', 'weight', 'count'], siteKind: 'CN_forwarder' });
  const goods = ['EV-01p', 'EV-02', 'EV-03', 'EV-05', 'EV-06', 'EV-09', 'EV-10', 'EV-11', 'EV-13', 'EV-14', 'EV-15', 'EV-29'];
  const shown = (/** @type {any} */ progress) => goods.filter((slot) => mayShow({ slot }, progress));
  assert.deepEqual(shown(seen()), []);
  assert.deepEqual(closedSteps(seen()), ['condition', 'weight']);
  assert.deepEqual(shown(seen(intact())), []);
  assert.deepEqual(shown(seen(intact(), fact('skip', { step: 'weight', reason: 'no-scale' }))), goods);
  assert.deepEqual(shown(seen(intact(), weighed())), goods);
  assert.deepEqual(shown(seen(fact('opening', { take: LINE, at: '0' }))), goods, 'once it is open it is late, and recorded so');
  const closed = ['EV-04', 'EV-12', 'EV-16', 'EV-17', 'EV-24'];
  assert.deepEqual(closed.filter((slot) => mayShow({ slot }, seen())), closed);
  assert.equal(mayShow({ slot: 'EV-17', nth: 2 }, seen()), false, 'the padding lies inside');
});
