import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivalDraft, COUNT_SLOT, instant, takeOpenDraft } from '../../static/src/screens/count_drafts.js';
import { isAtRisk, sizeText } from '../../static/src/screens/capture_state.js';
import { enrolmentCode } from '../../static/src/screens/enrolment_code.js';
import { variantOf } from '../../static/src/screens/goods.js';
import { countPath, donePath, parcelPath, routeOf } from '../../static/src/screens/routes.js';
import { chooseLanguage } from '../../static/src/ui/words.js';

const PARCEL = '9a'.repeat(16);
const TAKE = '1f'.repeat(16);
const ORDER = '04'.repeat(16);
const refs = { parcel: PARCEL, orders: [ORDER], label: '7K3M9Q2XZ4', lines: ['a1'.repeat(16)] };
const times = instant({ mono: 61_000, wall: 1_795_240_812_789, tz: 480 });

test('each screen has an address that leads back to it', () => {
  assert.deepEqual(routeOf('/scan'), { screen: 'scan' });
  assert.deepEqual(routeOf('/enrol#K35RB4AKVN'), { screen: 'enrol' });
  assert.deepEqual(routeOf('/captures'), { screen: 'captures' });
  assert.deepEqual(routeOf(parcelPath(PARCEL)), { screen: 'parcel', parcel: PARCEL, voided: false });
  assert.deepEqual(routeOf(parcelPath(PARCEL, { voided: true })), { screen: 'parcel', parcel: PARCEL, voided: true });
  assert.deepEqual(routeOf(countPath(PARCEL)), { screen: 'count', parcel: PARCEL, voided: false });
  assert.deepEqual(routeOf(donePath(PARCEL, TAKE, 'stalled')), { screen: 'done', parcel: PARCEL, take: TAKE, cut: 'stalled' });
  assert.deepEqual(routeOf(donePath(PARCEL, TAKE, null)), { screen: 'done', parcel: PARCEL, take: TAKE, cut: null });
});

test('a label opens its parcel, anything else the scanner', () => {
  assert.deepEqual(routeOf('/L/7K3M9Q2XZ4'), { screen: 'label', code: '7K3M9Q2XZ4' });
  assert.deepEqual(routeOf('/l/7k3m9q2xz4'), { screen: 'label', code: '7k3m9q2xz4' });
  assert.deepEqual(routeOf('/scan?label=7K3M9Q2XZ4'), { screen: 'label', code: '7K3M9Q2XZ4' });
  assert.deepEqual(routeOf('/parcel/../../etc'), { screen: 'scan' });
  assert.deepEqual(routeOf(`/parcel/${PARCEL}?done=nonsense`), { screen: 'parcel', parcel: PARCEL, voided: false });
});

test('an enrolment code is read from a link, a QR and a thumb', () => {
  assert.equal(enrolmentCode('https://dock.example/enrol#K35RB4AKVN'), 'K35RB4AKVN');
  assert.equal(enrolmentCode('HTTPS://DOCK.EXAMPLE/ENROL#k35rb-4akvn'), 'K35RB4AKVN');
  assert.equal(enrolmentCode(' k35rb 4akvn '), 'K35RB4AKVN');
  assert.equal(enrolmentCode('100%'), '100%');
});

test('the arrival names parcel and order, and opens nothing', () => {
  assert.deepEqual(arrivalDraft(refs, times), {
    kind: 'arrival',
    order: ORDER,
    parcel: PARCEL,
    label: '7K3M9Q2XZ4',
    mono: { start: 61_000, stop: 61_000 },
    wall: { start: 1_795_240_812_789, stop: 1_795_240_812_789, tz: 480 },
  });
});

test('a parcel of two orders names none of them', () => {
  const draft = takeOpenDraft({ ...refs, orders: [ORDER, '05'.repeat(16)] }, times, 'cc'.repeat(16));
  assert.equal(draft.order, null);
  assert.equal(draft.challenge, 'cc'.repeat(16));
  assert.equal(draft.slot, COUNT_SLOT);
});

test('a line is told by colour and size, else by its specification, else by its title', () => {
  const goods = { id: 'a', title: 'T-shirt', spec: '颜色:黑', colour: '黑色', size: 'M' };
  assert.equal(variantOf(goods), '黑色 · M');
  assert.equal(variantOf({ ...goods, size: null }), '黑色');
  assert.equal(variantOf({ ...goods, size: null, colour: null }), '颜色:黑');
  assert.equal(variantOf({ ...goods, size: null, colour: null, spec: null }), 'T-shirt');
});

test('the first language is the kept one, else the browser\'s, else Chinese', () => {
  assert.equal(chooseLanguage(['vi-VN', 'en'], null), 'vi');
  assert.equal(chooseLanguage(['fr', 'en-US'], null), 'en');
  assert.equal(chooseLanguage(['zh-Hans-CN'], null), 'zh_CN');
  assert.equal(chooseLanguage(['fr'], null), 'zh_CN');
  assert.equal(chooseLanguage(['vi'], 'en'), 'en');
  assert.equal(chooseLanguage(['vi'], 'xx'), 'vi');
});

test('only what the server verified is not at risk', () => {
  const capture = { takeId: TAKE, parcel: PARCEL, orderNos: [], startedMs: 0, bytes: 10, uploadedBytes: 10 };
  assert.ok(isAtRisk({ ...capture, state: 'uploading' }));
  assert.ok(isAtRisk({ ...capture, state: 'problem', problem: 'mismatch' }));
  assert.ok(!isAtRisk({ ...capture, state: 'verified' }));
  assert.ok(!isAtRisk({ ...capture, bytes: 0, state: 'problem', problem: 'empty' }));
  assert.equal(sizeText(1), '1\u00a0kB');
  assert.equal(sizeText(1_340_000), '1.3\u00a0MB');
});
