import { LINES, NOW, PARCEL, SITE, WORKER, at, film, freshPhone, means, span } from './phone.mjs';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as inspection from '../../static/src/core/inspection.js';
import { deviation } from '../../static/src/core/measurement.js';
import { readSpelling } from '../../static/src/core/sticker.js';
import { parseRecord, recordText } from '../../static/src/core/record.js';
import { DISCREPANCIES } from '../../static/src/core/record_kinds.js';
import { drawOrder, drawSeed } from '../../static/src/core/sampling.js';
import { sha256Hex } from '../../static/src/core/hash.js';
import { COUNT_DIFFERS, rowsOf, skipStep } from '../../static/src/core/table_evidence.js';
import { instant } from '../../static/src/screens/count_drafts.js';
import * as drafts from '../../static/src/screens/inspect_drafts.js';
import { resultRows, resultText } from '../../static/src/screens/result_facts.js';
import { broken } from '../../static/src/screens/result_picture.js';
import { measurePath, resultPath, routeOf } from '../../static/src/screens/routes.js';
import { appendRecord, recordById } from '../../static/src/store/journal.js';
import { openTake } from '../../static/src/store/evidence.js';
import { factsOfParcel } from '../../static/src/store/parcel_records.js';
import { countsOf, keepLooked, lookedAt, seedOfDraw } from '../../static/src/store/sample_records.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';

const LINE = LINES[0];
const TAKE = '1f'.repeat(16);
const NONCE = 'cc'.repeat(16);
const SEED = drawSeed(NONCE, 'ab'.repeat(32), LINE, 1);
const refs = { parcel: PARCEL, orders: ['04'.repeat(16)], label: '7K3M9Q2XZV' };
const times = instant({ mono: 61_000, wall: NOW, tz: 480 });
let made = 0;

/** @param {string} kind @param {Record<string, string | null>} values */
function fact(kind, values = {}, more = {}) {
  made += 1;
  return { id: made.toString(16).padStart(32, '0'), kind, slot: null, also: [], values, at: NOW + made, worker: 'An', gone: false, ...more };
}

/** @param {Record<string, string | null>} change */
const draw = (change = {}) =>
  fact('draw', { line: LINE, tranche: '1', lot: '12', plan: 'aql', level: 'II', aql: '2.5', n: '5', take: TAKE, redraw: '0', reason: null, ...change });
/** @param {{id: string}} of @param {number} unit @param {string} name */
const defect = (of, unit, name, more = {}) =>
  fact('defect', { line: LINE, draw: of.id, unit: String(unit), class: name, code: 'other', quantity: '1' }, more);

/** @param {any} draft what the format does not accept throws */
function roundtrip(draft) {
  const rest = { id: '01'.repeat(16), device: 'd0'.repeat(16), seq: 1, prev: null, boot: '00'.repeat(8), site: SITE.id, worker: WORKER.id };
  const tail = { slot: null, challenge: null, file: null, chunks: null, offset: null, events: null, supersedes: null, app: 'ab', salt: '02'.repeat(16) };
  return parseRecord(recordText({ ...tail, ...rest, ...draft }));
}

test('a line keeps one draw a tranche, the last redraw of each', () => {
  const first = draw();
  const again = draw({ redraw: '1', reason: 'units-mixed-up' });
  const second = draw({ tranche: '2', lot: '200', take: '2f'.repeat(16) });
  const gone = { ...draw({ tranche: '3' }), gone: true };
  const other = draw({ line: LINES[1] });
  const facts = [again, first, second, gone, other];
  assert.deepEqual(inspection.drawsOf(facts, LINE).map(({ id }) => id), [again.id, second.id]);
  assert.equal(inspection.nextTranche(facts, LINE), 4, 'a number is never used twice, not even after a withdrawal');
  assert.equal(inspection.nextTranche([], LINE), 1);
});

test('two phones that both drew tranche 1 of a line: both samples are here, and each has its own verdict', () => {
  const ours = draw();
  const theirs = draw({ lot: '200', take: '2f'.repeat(16) });
  const rejected = fact('verdict', { line: LINE, tranche: '1', verdict: 'rejected', draw: ours.id });
  const facts = [ours, theirs, rejected];
  assert.deepEqual(inspection.lotsOfLine(facts, LINE).map(({ label, draws }) => [label, draws[0].id]), [['1', ours.id], ['1.2', theirs.id]]);
  assert.deepEqual(inspection.drawsOf(facts, LINE).map(({ id }) => id), [ours.id, theirs.id]);
  assert.deepEqual([inspection.verdictOf(ours, facts)?.id, inspection.verdictOf(theirs, facts)], [rejected.id, null]);
  const again = draw({ redraw: '1', reason: 'units-mixed-up' });
  assert.deepEqual(inspection.drawsOf([...facts, again], LINE).map(({ id }) => id), [again.id, theirs.id]);
  assert.equal(inspection.verdictOf(again, [...facts, again])?.id, rejected.id, 'of the same lot');
  const line = fact('verdict', { line: LINE, tranche: null, verdict: 'hold' });
  assert.equal(inspection.verdictOf(theirs, [...facts, line])?.id, line.id);
  assert.equal(inspection.nextTranche(facts, LINE), 2);
  const same = draw();
  assert.deepEqual(inspection.drawsOf([ours, same], LINE).length, 2, 'of one count two samples: neither phone loses its own');
});

test('the newest count of a line that no draw speaks of waits for its sample', () => {
  const count = (/** @type {string} */ take, /** @type {number} */ n) => ({ take, at: 0, units: new Map([[LINE, n]]) });
  const [today, tomorrow] = [count(TAKE, 100), count('2f'.repeat(16), 200)];
  assert.equal(inspection.undrawnCount([], LINE, []), null);
  assert.equal(inspection.undrawnCount([], LINE, [count(TAKE, 0)]), null, 'of nothing nothing is drawn');
  assert.equal(inspection.undrawnCount([], LINE, [today])?.take, TAKE);
  assert.equal(inspection.undrawnCount([draw()], LINE, [today]), null);
  assert.equal(inspection.undrawnCount([draw()], LINE, [today, tomorrow])?.take, tomorrow.take);
});

test('the plan\'s own first units are judged, what is looked at besides is only reported', () => {
  const one = draw();
  const order = drawOrder(SEED, 12);
  const facts = [one, defect(one, order[5], 'critical'), defect(one, order[1], 'minor', { gone: true })];
  const looked = order.slice(0, 5);
  const all = inspection.inspectionOf(one, facts, { seed: SEED, looked, more: 1 });
  assert.deepEqual(all.units, order.slice(0, 6));
  assert.equal(all.next, null);
  assert.equal(all.judgement.result, 'accept', 'the critical one lies beyond the plan');
  assert.equal(all.judgement.extra, 1);
  assert.deepEqual(inspection.proposalOf(all), { verdict: 'passed', reason: 'sample-accepted' });
  const within = inspection.inspectionOf(one, [one, defect(one, order[2], 'major')], { seed: SEED, looked: [] });
  assert.equal(within.judgement.result, 'reject', 'Re is reached at once');
  assert.equal(within.next, order[0]);
  assert.deepEqual(inspection.proposalOf(within), { verdict: 'rejected', reason: 'limit-exceeded' });
});

test('an unfinished sample proposes to hold, a fixed fraction with defects proposes nothing', () => {
  const one = draw({ plan: 'fix', level: null, aql: null, n: '2' });
  const order = drawOrder(SEED, 12);
  const of = (/** @type {any[]} */ facts, /** @type {number[]} */ looked) => inspection.inspectionOf(one, [one, ...facts], { seed: SEED, looked });
  assert.deepEqual(inspection.proposalOf(of([], [order[0]])), { verdict: 'hold', reason: 'sample-unfinished' });
  assert.equal(inspection.proposalOf(of([defect(one, order[1], 'minor')], [order[0]])), null);
  assert.deepEqual(inspection.proposalOf(of([defect(one, order[1], 'critical')], [])), { verdict: 'rejected', reason: 'critical-defect' });
  assert.deepEqual(inspection.proposalOf(of([], order.slice(0, 2))), { verdict: 'passed', reason: 'sample-accepted' });
});

test('fifteen percent as the floor leaves a smaller check open', () => {
  const one = draw({ plan: 'fix', level: null, aql: null, lot: '12', n: '2' });
  const asked = /** @type {const} */ ({ plan: 'fix_15', level: null, aql: null });
  const order = drawOrder(SEED, 12);
  const of = (/** @type {any} */ sampling) => inspection.inspectionOf(one, [one], { seed: SEED, looked: order.slice(0, 1) }, sampling);
  assert.deepEqual([of(undefined).plan.n_floor, of(asked).plan.n_floor], [2, 2]);
  const more = draw({ plan: 'fix', level: null, aql: null, lot: '20', n: '3' });
  const twenty = drawOrder(SEED, 20);
  const at = (/** @type {any} */ sampling) => inspection.inspectionOf(more, [more], { seed: SEED, looked: twenty.slice(0, 2) }, sampling);
  assert.equal(at(undefined).judgement.result, 'inspector');
  assert.equal(at(asked).judgement.result, 'undecided');
});

test('below the floor only with a waiver', () => {
  const plan = inspection.planFor(1200, { plan: 'aql', level: 'S-1', aql: '4.0' });
  assert.ok(plan.below_floor);
  assert.equal(inspection.unitsToInspect(plan, false), 120);
  assert.equal(inspection.unitsToInspect(plan, true), plan.n);
});

test('the mat lies in rows of ten', () => {
  assert.deepEqual([1, 10, 11, 17].map(inspection.placeOnMat), [
    { row: 1, place: 1 }, { row: 1, place: 10 }, { row: 2, place: 1 }, { row: 2, place: 7 },
  ]);
});

test('each discrepancy has its own list, in an order that cannot be turned round', () => {
  for (const type of [...DISCREPANCIES, COUNT_DIFFERS]) assert.ok(rowsOf(type, [], { opened: false }).length > 0, type);
  const photo = (/** @type {string} */ slot) => fact('photo', {}, { slot });
  const states = (/** @type {any[]} */ facts) => rowsOf('damaged', facts, { opened: false }).map(({ state }) => state);
  assert.deepEqual(states([]), ['open', 'waits', 'waits', 'open', 'open']);
  assert.deepEqual(states([photo('EV-17')]), ['done', 'open', 'waits', 'open', 'open']);
  assert.deepEqual(states([photo('EV-17'), photo('EV-17')]), ['done', 'done', 'open', 'open', 'open']);
  const skipped = fact('skip', { step: 'photo-ev-17-2', reason: 'nothing-there' });
  assert.deepEqual(states([photo('EV-17'), skipped, photo('EV-12')]), ['done', 'skipped', 'open', 'done', 'open']);
  assert.deepEqual(states([{ ...photo('EV-17'), gone: true }])[0], 'open', 'a picture that was taken back shows nothing');
});

test('an opened parcel is weighed with its goods, a closed one as it is; skips are codes', () => {
  const [scale] = rowsOf('wrong_weight', [], { opened: true });
  assert.equal(scale.slot, 'EV-14');
  assert.equal(rowsOf('wrong_weight', [], { opened: false })[0].slot, 'EV-16');
  for (const type of DISCREPANCIES) {
    for (const row of rowsOf(type, [], { opened: true })) assert.match(skipStep(row), /^[a-z][a-z0-9_-]{0,39}$/);
  }
  const filmed = fact('take', { opens: TAKE, closed: 'complete' }, { slot: 'EV-06' });
  const [film] = rowsOf('functional_defect', [filmed], { opened: true });
  assert.deepEqual([film.key, film.state], ['function', 'done']);
});

test('what is drafted is what the format knows', () => {
  const plan = inspection.planFor(12, { plan: 'aql', level: 'II', aql: '2.5' });
  const drawn = roundtrip(drafts.drawDraft(refs, times, { line: LINE, tranche: 1, plan, n: 5, take: TAKE, redraw: 0, reason: null, challenge: NONCE }));
  assert.deepEqual(drawn.values, draw().values);
  assert.equal(drawn.challenge, NONCE);
  const fix = roundtrip(drafts.drawDraft(refs, times, { line: LINE, tranche: 2, plan: inspection.planFor(12, inspection.DEFAULT_SAMPLING), n: 2, take: TAKE, redraw: 1, reason: 'lot-recounted', challenge: NONCE }));
  assert.deepEqual([fix.values?.level, fix.values?.aql, fix.values?.reason], [null, null, 'lot-recounted']);
  const found = roundtrip(drafts.defectDraft(refs, times, { line: LINE, draw: TAKE, unit: 7, defectClass: 'major', code: 'open-seam', quantity: 2 }));
  assert.deepEqual(found.values, { line: LINE, draw: TAKE, unit: '7', class: 'major', code: 'open-seam', quantity: '2' });
  const sheet = roundtrip(drafts.inspectionDraft(refs, times, { draw: TAKE, inspected: 5, defective: [1, 1, 0] }, null));
  assert.equal(sheet.values?.defective, '1 1 0');
  roundtrip(drafts.verdictDraft(refs, times, { line: LINE, tranche: '1', verdict: 'rejected', reason: 'critical-defect', draw: TAKE }));
  const stated = roundtrip(drafts.discrepancyDraft(refs, times, { type: 'wrong_item', line: LINE, units: null }));
  assert.equal(stated.values?.units, null);
  const onItem = roundtrip(drafts.itemIdDraft(refs, times, { line: LINE, about: TAKE, text: '6901234567892 白' }));
  assert.deepEqual([onItem.values?.line, onItem.values?.about, readSpelling(onItem.values?.text ?? '')], [LINE, TAKE, '6901234567892 白']);
  const weighed = roundtrip(drafts.tableWeighingDraft(refs, times, { grams: 1250, shown: '1.25', unit: 'kg', opened: true }));
  assert.deepEqual([weighed.values?.target, weighed.values?.opened], ['package', 'yes']);
  const size = { listed: { milli: 20_000, unit: 'cm' }, measured: { milli: 19_000, unit: 'cm' } };
  const measured = roundtrip(drafts.measurementDraft(refs, times, { line: LINE, attribute: 'length', ...size, take: TAKE }));
  assert.deepEqual([measured.values?.listed, measured.values?.measured], ['20000', '19000']);
  assert.ok(deviation(size.listed, size.measured).qualifies, 'exactly 5 %');
});

test('each screen of an opened parcel has its address', () => {
  assert.deepEqual(routeOf(resultPath(PARCEL)), { screen: 'result', parcel: PARCEL });
  assert.deepEqual(routeOf(measurePath(PARCEL, TAKE)), { screen: 'measure', parcel: PARCEL, take: TAKE });
  assert.deepEqual(routeOf(`/parcel/${PARCEL}?measure`), { screen: 'measure', parcel: PARCEL, take: null });
});

test('the card tells what was counted and decided; the ordered quantity is not even known to it', () => {
  const say = (/** @type {string} */ key, vars = {}) => [key, ...Object.values(vars)].join(' ');
  const result = {
    customer: 'VN-88', orders: ['36'], parcel: 'SF1', total: 12, lines: [{ name: 'red', units: 11 }, { name: 'blue', units: 1 }], differs: true,
    stated: ['wrong_item'], verdicts: [{ of: 'red', verdict: 'rejected', reason: 'critical-defect' }], at: '2026-11-21 14:00 (UTC+8)', warehouse: 'Dongguan',
  };
  assert.equal(resultText(resultRows(result, say)), [
    'VN-88', 'result.order 36', 'result.parcel SF1', 'result.counted 12', 'red: 11', 'blue: 1', 'result.differs', 'discrepancy.wrong_item',
    'red: verdict.rejected · verdict_reason.critical-defect', '2026-11-21 14:00 (UTC+8) · Dongguan',
  ].join('\n'));
  const open = resultRows({ ...result, total: null, lines: [], differs: null, stated: [], verdicts: [] }, say);
  assert.deepEqual(open.map(({ look }) => look), ['head', 'row', 'row', 'big', 'quiet']);
});

test('a long text breaks between words, Chinese between signs, a number alone never leaves the card', () => {
  const widthOf = (/** @type {string} */ text) => Array.from(text).length;
  assert.deepEqual(broken('one two three', 7, widthOf), ['one two', 'three']);
  assert.deepEqual(broken('发现致命缺陷', 4, widthOf), ['发现致命', '缺陷']);
  assert.deepEqual(broken('1234567890', 4, widthOf), ['1234', '5678', '90']);
  assert.deepEqual(broken('', 4, widthOf), ['']);
});

async function told(facts = [], line = {}) {
  await saveSnapshot({
    site: { ...SITE, kind: 'CN_forwarder' }, workers: [], server_time_ms: NOW,
    orders: [{ id: 'o1', order_no: '36', customer_code: null, supplier: null, remark: null,
      lines: [{ id: LINE, seq: 1, title: 'Cup', spec: null, colour: null, size: null, unit: null, sku_id: null, picture: null, ...line }] }],
    parcels: [{ id: PARCEL, orders: ['o1'], customer_code: null, waybills: [], labels: [], voided_labels: [], received_at: null, received_zone: null, facts }],
  }, NOW);
}

beforeEach(freshPhone);

test('a count that goes on with an interrupted one counts both; its seed is that of its own take-open', async () => {
  await told();
  const before = await film(['a'], { start: 1000 });
  await before.addEvent({ ms: 5, type: 'tally', line: LINE, n: 4, total: 4 });
  await sealTake(before, { closed: 'interrupted', ...span(1000, 2000) }, await means());
  const next = await film(['b'], { start: 3000 });
  await next.addEvent({ ms: 5, type: 'tally', line: LINE, n: 3, total: 3 });
  await appendRecord({ kind: 'segment', parcel: PARCEL, values: { of: before.takeId, next: next.takeId }, ...at(3100) }, await means());
  await sealTake(next, { closed: 'complete', ...span(3000, 4000) }, await means());
  const counts = await countsOf(PARCEL, await factsOfParcel(PARCEL));
  assert.deepEqual(counts.map(({ take, units }) => [take, units.get(LINE)]), [[next.takeId, 7]]);
  const opened = sha256Hex((await recordById(next.takeId))?.text ?? '');
  assert.equal(counts[0].opened, opened);
  const values = { ...draw({ take: next.takeId }).values };
  const { id } = await appendRecord({ kind: 'draw', parcel: PARCEL, challenge: NONCE, values, ...at(5000) }, await means());
  const kept = (await factsOfParcel(PARCEL)).find((one) => one.id === id);
  assert.deepEqual(await seedOfDraw(/** @type {any} */ (kept), counts, PARCEL), drawSeed(NONCE, opened, LINE, 1));
});

test('what was counted and drawn on another phone is gone on with by what the server tells', async () => {
  const take = { id: '3a'.repeat(16), kind: 'take', slot: 'EV-18', also: [], values: { opens: TAKE, closed: 'complete' }, at: new Date(NOW).toISOString(), worker: 'Binh', gone: false, opened: 'ab'.repeat(32) };
  const drawn = { ...draw(), at: new Date(NOW + 5).toISOString(), seed: 'cd'.repeat(32) };
  await told([take, drawn], { counted: [[PARCEL, 12]] });
  const facts = await factsOfParcel(PARCEL);
  const counts = await countsOf(PARCEL, facts);
  assert.deepEqual([counts[0].opened, counts[0].units.get(LINE), counts[0].challenge], [take.opened, 12, null]);
  const seed = await seedOfDraw(facts.find(({ kind }) => kind === 'draw'), counts, PARCEL);
  assert.deepEqual(seed, new Uint8Array(32).fill(0xcd));
});

test('a film that is no count tallies nothing, not even zero', async () => {
  await told();
  const { id } = await appendRecord({ kind: 'take-open', parcel: PARCEL, slot: 'EV-02', ...at(1000) }, await means());
  const take = await openTake(id, { mime: 'video/webm', lines: [] });
  await take.append(new TextEncoder().encode('film').buffer, 500);
  const { text } = await sealTake(take, { closed: 'complete', ...span(1000, 2000) }, await means());
  assert.deepEqual(parseRecord(text).tally, []);
  assert.doesNotMatch(text, /tally/);
});

test('units in order are remembered by draw until much later', async () => {
  await keepLooked('a', [3, 1]);
  assert.deepEqual(await lookedAt('a'), [3, 1]);
  for (let i = 0; i < 60; i += 1) await keepLooked(`later ${i}`, [i]);
  assert.deepEqual(await lookedAt('a'), []);
  assert.deepEqual(await lookedAt('later 59'), [59]);
});
