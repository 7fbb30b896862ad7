import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { film, freshPhone, LINES, means, NOW, PARCEL, span, WORKER } from './phone.mjs';
import { countCheck } from '../../static/src/core/count_check.js';
import { byPack, byWeight, wholeNumber } from '../../static/src/core/estimates.js';
import { interruptionsOf } from '../../static/src/core/interruptions.js';
import { KeyReader } from '../../static/src/core/key_input.js';
import { lineOfCode } from '../../static/src/core/line_codes.js';
import { provenSteps, stillOf, TAKE_STEPS, TakeSteps } from '../../static/src/core/take_steps.js';
import { instant, openingDraft, segmentDraft } from '../../static/src/screens/count_drafts.js';
import { differingLines, unitsOf } from '../../static/src/screens/count_questions.js';
import { unfinishedTake } from '../../static/src/screens/count_resume.js';
import { keepContinued, wholeUnits } from '../../static/src/store/continued.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { appendRecord } from '../../static/src/store/journal.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { knownWhys, noteWhy } from '../../static/src/store/why_seen.js';

const [BLACK, WHITE] = LINES;
const TAKE = '1f'.repeat(16);
const SITE = '5a'.repeat(16);
const refs = { parcel: PARCEL, orders: [], label: null, lines: LINES };

test('a step is marked when it was shown; what was skipped has no mark', () => {
  const steps = new TakeSteps();
  assert.equal(steps.current, 'label');
  assert.equal(steps.shown(), 'label');
  steps.reach('count');
  assert.equal(steps.current, 'count');
  steps.reach('tape');
  assert.equal(steps.current, 'count', 'no way back to the closed parcel');
  assert.deepEqual([steps.shown(), steps.shown(), steps.shown(), steps.shown()], ['count', 'layout', 'label_again', null]);
  assert.deepEqual([...steps.done], ['label', 'count', 'layout', 'label_again']);
});

test('a recount asks for the units and what follows them again, not for the closed parcel', () => {
  const steps = new TakeSteps();
  TAKE_STEPS.forEach(() => steps.shown());
  assert.equal(steps.current, null);
  steps.recount();
  assert.equal(steps.current, 'count');
  assert.deepEqual([steps.shown(), steps.shown(), steps.shown()], ['count', 'layout', 'label_again']);
});

test('what was proven before the take is done already; of an opened parcel nothing closed is asked', () => {
  const fact = { id: TAKE, kind: 'photo', slot: 'EV-12', also: [], values: {}, at: 0, worker: null, gone: false };
  const condition = { ...fact, kind: 'condition', slot: null };
  assert.deepEqual(provenSteps([fact, condition], false), ['label', 'tape']);
  assert.deepEqual(provenSteps([{ ...fact, slot: 'EV-16', also: ['EV-04'] }], false), ['tape']);
  assert.deepEqual(provenSteps([{ ...fact, gone: true }], false), []);
  assert.deepEqual(provenSteps([], true), ['label', 'tape', 'cut']);
  assert.equal(new TakeSteps(provenSteps([fact, condition], false)).current, 'cut');
});

test('a still of a closed step fills the slot that must come before the opening', () => {
  assert.equal(stillOf('label').slot, 'EV-12');
  assert.equal(stillOf('tape').slot, 'EV-04');
  assert.equal(stillOf('cut').slot, 'EV-13');
  for (const step of TAKE_STEPS) assert.match(stillOf(step).slot, /^EV-\d{2}p?$/);
});

/** @param {KeyReader} reader @param {string} text @param {number} every */
function typed(reader, text, every, start = 1000) {
  return [...Array.from(text), 'Enter'].map((key, i) => reader.read(key, start + i * every)).filter(Boolean);
}

test('a clicker counts and takes back, a wedge scanner says a code', () => {
  const reader = new KeyReader();
  for (const key of ['Enter', ' ', 'PageDown', 'ArrowRight', 'AudioVolumeUp']) {
    assert.deepEqual(reader.read(key, 0), { type: 'count' }, key);
  }
  for (const key of ['Backspace', 'PageUp', 'AudioVolumeDown']) assert.deepEqual(reader.read(key, 0), { type: 'undo' }, key);
  assert.equal(reader.read('Shift', 0), null);
  assert.deepEqual(typed(reader, '7K3M9Q2XZ4', 20), [{ type: 'scan', text: '7K3M9Q2XZ4' }]);
  assert.deepEqual(typed(reader, 'HTTPS://D.EX/L/7K3M9Q2XZ4', 35, 9000), [{ type: 'scan', text: 'HTTPS://D.EX/L/7K3M9Q2XZ4' }]);
});

test('a person who types is no scanner, and the Enter of a scan counts nothing by itself', () => {
  assert.deepEqual(typed(new KeyReader(), '7K3M9Q', 200), [{ type: 'count' }]);
  const reader = new KeyReader();
  reader.read('a', 1000);
  assert.deepEqual(reader.read('Enter', 1010), { type: 'count' }, 'one letter is no code');
  assert.deepEqual(typed(reader, 'AB-12 34', 25, 5000), [{ type: 'scan', text: 'AB-12 34' }], 'a minus or space within a burst');
});

test('a code on the goods counts its line; a code of two lines or of none counts nothing', () => {
  const lines = [
    { id: BLACK, sku_id: '4366934235841', codes: ['7K3M9Q2XZ4'] },
    { id: WHITE, sku_id: '4366934235842' },
  ];
  assert.equal(lineOfCode(' 4366934235842 ', lines, SITE), WHITE);
  assert.equal(lineOfCode('9999999999999', lines, SITE), null);
  assert.equal(lineOfCode('', [{ id: BLACK, sku_id: null }], SITE), null);
  assert.equal(lineOfCode('4366934235841', [lines[0], { ...lines[0], id: WHITE }], SITE), null);
});

test('packs and scale are exact and stand apart', () => {
  assert.deepEqual(byPack(20, 12), { method: 'pack', units: 240, packs: 20, grams: null });
  assert.deepEqual(byWeight(4440, 185_000), { method: 'weight', units: 24, packs: null, grams: 4440 });
  assert.equal(byWeight(92, 185_000), null, 'not half a unit');
  assert.equal(byWeight(93, 185_000)?.units, 1);
  assert.equal(byPack(10_000_000, 2), null);
  assert.equal(wholeNumber('１２'), 12);
  for (const text of ['', '0', '-3', '1.5', '12a', '123456789']) assert.equal(wholeNumber(text), null, text);
});

test('one tap adds one, five, ten or the line\'s own inner pack', () => {
  const line = { id: BLACK, pack_factor: 12 };
  assert.deepEqual([1, 5, 10, 'pack'].map((step) => unitsOf(step, line)), [1, 5, 10, 12]);
  assert.equal(unitsOf('pack', { id: WHITE, pack_factor: null }), 1);
});

test('interruptions have a length; what never ended lasts to the end', () => {
  const events = [
    { ms: 0, type: 'mute', track: 'audio' },
    { ms: 1000, type: 'hidden' },
    { ms: 5200, type: 'visible' },
    { ms: 9000, type: 'stalled', for: 3100 },
    { ms: 9500, type: 'ended', track: 'video' },
  ];
  assert.deepEqual(interruptionsOf(events), [
    { what: 'audio', ms: 0, long: null },
    { what: 'hidden', ms: 1000, long: 4200 },
    { what: 'stalled', ms: 5900, long: 3100 },
    { what: 'video', ms: 9500, long: null },
  ]);
});

test('only what can be compared differs: other parcels are added, estimates say nothing', () => {
  const black = { id: BLACK, check: countCheck(BLACK, 12), counted: [['04'.repeat(16), 4], [PARCEL, 99]], parcels: 2 };
  const white = { id: WHITE, check: null };
  const counted = (n) => new Map([[BLACK, n]]);
  const differs = (n, estimates = []) => differingLines([black, white], PARCEL, counted(n), estimates).map(({ id }) => id);
  assert.deepEqual(differs(8), []);
  assert.deepEqual(differs(7), [BLACK]);
  assert.deepEqual(differs(7, [{ line: BLACK }]), []);
});

test('opening and segment name the film', () => {
  const times = instant({ mono: 10, wall: NOW, tz: 480 });
  assert.deepEqual(openingDraft(refs, times, { take: TAKE, at: 1500 }).values, { take: TAKE, at: '1500' });
  assert.deepEqual(segmentDraft(refs, times, { of: TAKE, next: PARCEL }).values, { of: TAKE, next: PARCEL });
});

beforeEach(freshPhone);

test('a reason that was seen three times is known, each worker by himself', async () => {
  for (let i = 0; i < 3; i++) await noteWhy(WORKER.id, 'take.label');
  await noteWhy(WORKER.id, 'take.tape');
  assert.deepEqual([...(await knownWhys(WORKER.id))], ['take.label']);
  assert.deepEqual([...(await knownWhys('nobody'))], []);
});

/** @param {object[]} openTakes what the server tells */
async function known(openTakes = []) {
  const parcel = { id: PARCEL, orders: [], customer_code: null, waybills: [], labels: [], voided_labels: [], received_at: null, received_zone: null, open_takes: openTakes };
  await saveSnapshot({ site: { zone: 'Asia/Shanghai' }, workers: [WORKER], orders: [], parcels: [parcel], server_time_ms: NOW }, NOW);
  return { id: PARCEL, view: { parcel } };
}

test('an interrupted take of this phone is unfinished until another one goes on with it', async () => {
  const take = await film(['one']);
  await take.addEvent({ ms: 900, type: 'tally', line: BLACK, n: 2, total: 2 });
  await sealTake(take, { closed: 'interrupted', ...span(1000, 3000) }, await means());
  const facts = await known();
  const found = await unfinishedTake(facts);
  assert.deepEqual([found?.take, found?.name, found?.perLine?.get(BLACK)], [take.takeId, WORKER.name, 2]);
  const next = await film(['two'], { start: 9000 });
  await appendRecord(segmentDraft(refs, span(9000, 9000), { of: take.takeId, next: next.takeId }), await means());
  assert.equal(await unfinishedTake(facts), null);
  await next.close();
});

test('a whole count afterwards leaves nothing unfinished', async () => {
  const first = await film(['one']);
  await sealTake(first, { closed: 'interrupted', ...span(1000, 3000) }, await means());
  const second = await film(['two'], { start: 9000 });
  await sealTake(second, { closed: 'complete', ...span(9000, 12_000) }, await means());
  assert.equal(await unfinishedTake(await known()), null);
});

const OPEN = { take: TAKE, worker: 'Binh', started_at: '2026-11-21T06:00:00.000+00:00' };

test('somebody else\'s unfinished take is known by name, its units only when its phone has said them', async () => {
  const running = await unfinishedTake(await known([OPEN]));
  const rest = { take: TAKE, name: 'Binh', startedMs: NOW, label: null, toldMs: NOW };
  assert.deepEqual(running, { ...rest, names: ['Binh'], endedMs: null, perLine: null });
  const cut = { ...OPEN, ended_at: '2026-11-21T06:03:00.000+00:00', units: [[BLACK, 7]], before: ['An'], label: 'K7QZ3M9XT2' };
  const found = await unfinishedTake(await known([cut]));
  assert.deepEqual(found, { ...rest, names: ['An', 'Binh'], endedMs: NOW + 180_000, perLine: new Map([[BLACK, 7]]), label: 'K7QZ3M9XT2' });
});

test('what it goes on from is part of the count, unless nobody has said it or all was counted anew', () => {
  const own = new Map([[BLACK, 5]]);
  const from = { names: ['An'], units: [[BLACK, 7], [WHITE, 1]], endedMs: NOW };
  assert.deepEqual(wholeUnits(own, null), own);
  assert.deepEqual(wholeUnits(own, from), new Map([[BLACK, 12], [WHITE, 1]]));
  assert.deepEqual(wholeUnits(own, { ...from, recounted: true }), own);
  assert.equal(wholeUnits(own, { ...from, units: null }), null);
});

test('a film that was cut off itself hands on what it went on from', async () => {
  const take = await film(['one']);
  await keepContinued(take.takeId, { names: ['Binh'], units: [[BLACK, 7]], endedMs: NOW });
  await take.addEvent({ ms: 900, type: 'tally', line: BLACK, n: 2, total: 2 });
  await sealTake(take, { closed: 'interrupted', ...span(1000, 3000) }, await means());
  const found = await unfinishedTake(await known());
  assert.deepEqual([found?.names, found?.perLine?.get(BLACK)], [['Binh', WORKER.name], 9]);
});

test('a whole count on another phone since leaves nothing unfinished either', async () => {
  const take = await film(['one']);
  await sealTake(take, { closed: 'interrupted', ...span(1000, 3000) }, await means());
  const facts = await known();
  const whole = { id: PARCEL, kind: 'take', slot: 'EV-18', also: [], values: { opens: TAKE, closed: 'complete' }, at: new Date(NOW + 864e5).toISOString(), worker: 'Binh', gone: false };
  facts.view.parcel.facts = [whole];
  assert.equal(await unfinishedTake(facts), null);
});
