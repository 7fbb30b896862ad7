import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { assetUrl, setAssets } from '../../static/src/core/assets.js';
import { base64, base64url, fromBase64 } from '../../static/src/core/base64.js';
import { formatInstant, receiptLimits } from '../../static/src/core/deadlines.js';
import { fromHex, hex, sha256Hex, sha256Stream } from '../../static/src/core/hash.js';
import { isId, newId } from '../../static/src/core/ids.js';
import { deviceToServer, isBetterOffset, measureOffset } from '../../static/src/core/receipt_time.js';
import { normaliseWaybill, waybillKeys } from '../../static/src/core/waybill.js';
import { makeT } from '../../static/src/core/words.js';
import { vectors } from './vectors.mjs';

test('base 64 is what RFC 4648 section 10 says', () => {
  const cases = { '': '', f: 'Zg==', fo: 'Zm8=', foo: 'Zm9v', foob: 'Zm9vYg==', fooba: 'Zm9vYmE=', foobar: 'Zm9vYmFy' };
  for (const [plain, coded] of Object.entries(cases)) {
    assert.equal(base64(Buffer.from(plain)), coded);
    assert.equal(Buffer.from(fromBase64(coded)).toString(), plain);
  }
});

test('base 64 round trips every byte in both alphabets', () => {
  const bytes = Uint8Array.from({ length: 257 }, (_, i) => (i * 7) & 0xff);
  assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'));
  assert.equal(base64url(bytes), Buffer.from(bytes).toString('base64url'));
  assert.deepEqual(fromBase64(base64url(bytes)), bytes);
});

test('base 64 with altered trailing bits is refused', () => {
  assert.throws(() => fromBase64('Zh=='), RangeError);
  assert.throws(() => fromBase64('Zg=*'), RangeError);
  assert.throws(() => fromBase64('Z'), RangeError);
});

test('a running hash may be asked in the middle', () => {
  const stream = sha256Stream();
  stream.update(Buffer.from('a'));
  assert.equal(stream.hex(), sha256Hex('a'));
  stream.update(Buffer.from('bc'));
  assert.equal(stream.hex(), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('hex both ways, upper case refused', () => {
  assert.equal(hex(fromHex('00ff10')), '00ff10');
  assert.throws(() => fromHex('0F'), RangeError);
  assert.throws(() => fromHex('0'), RangeError);
});

test('an id is 128 bits of what was drawn; a source that gives too little is refused', () => {
  const id = newId((n) => new Uint8Array(n).fill(0xab));
  assert.equal(id, 'ab'.repeat(16));
  assert.ok(isId(id));
  assert.ok(!isId(id.toUpperCase()));
  assert.throws(() => newId(() => new Uint8Array(4)), RangeError);
});

test('words fill placeholders; a missing key or value shows itself', () => {
  const t = makeT({ 'counting.total': '{n} of {m}' });
  assert.equal(t('counting.total', { n: 0, m: 3 }), '0 of 3');
  assert.equal(t('counting.total', { n: 1 }), '1 of {m}');
  assert.equal(t('no.such'), 'no.such');
});

test('assets are found by name and never guessed', () => {
  setAssets({ 'slice_worker.js': '/static/assets/slice_worker-1a.js' });
  assert.equal(assetUrl('slice_worker.js'), '/static/assets/slice_worker-1a.js');
  assert.throws(() => assetUrl('other.js'));
});

test('instants stand in the zone of the site', () => {
  const ms = Date.UTC(2026, 10, 21, 6, 5, 59);
  assert.equal(formatInstant(ms, 'Asia/Shanghai'), '2026-11-21 14:05 (UTC+8)');
  assert.equal(formatInstant(ms, 'Asia/Ho_Chi_Minh'), '2026-11-21 13:05 (UTC+7)');
  assert.equal(formatInstant(ms, 'UTC'), '2026-11-21 06:05 (UTC)');
  assert.equal(formatInstant(ms, 'America/St_Johns'), '2026-11-21 02:35 (UTC-3:30)');
  assert.equal(formatInstant(Date.UTC(2026, 0, 1, 16, 0) + 999, 'Asia/Shanghai'), '2026-01-02 00:00 (UTC+8)');
});

test('the limits that follow from the receipt', () => {
  const received = Date.UTC(2026, 10, 21, 6, 5);
  const hours = receiptLimits(received).map((ms) => (ms - received) / 3_600_000);
  assert.deepEqual(hours, [24, 48, 72]);
});

const DEADLINES = new URL('../vectors/deadlines.json', import.meta.url);
test('the limits are the server\'s', { skip: !existsSync(DEADLINES) }, () => {
  for (const { received, limits } of vectors('deadlines').receipt_limits ?? []) {
    assert.deepEqual(receiptLimits(Date.parse(received)), limits.map(Date.parse));
  }
});

test('one measurement of the offset holds the true one within its uncertainty', () => {
  // The device is 5000 ms behind; asking took 400 ms, the server read its clock at any moment in between.
  for (const serverRead of [0, 130, 400]) {
    const offset = measureOffset(10_000 + 5_000 + serverRead, 10_400, 400);
    assert.ok(Math.abs(offset.ms - 5_000) <= offset.pm, JSON.stringify(offset));
  }
  assert.deepEqual(deviceToServer(1_000, { ms: 250, pm: 9 }), { ms: 1_250, pm: 9 });
  assert.equal(deviceToServer(1_000, null), null);
});

test('a blunter measurement does not replace a sharp one, unless that is old or the clock was set', () => {
  const kept = { ms: 100, pm: 20, at: 1_000_000 };
  assert.ok(isBetterOffset(null, { ms: 0, pm: 900 }, 0));
  assert.ok(!isBetterOffset(kept, { ms: 130, pm: 300 }, 1_001_000));
  assert.ok(isBetterOffset(kept, { ms: 90, pm: 15 }, 1_001_000));
  assert.ok(isBetterOffset(kept, { ms: 130, pm: 300 }, 1_000_000 + 11 * 60_000));
  assert.ok(isBetterOffset(kept, { ms: 3_600_000, pm: 300 }, 1_001_000));
});

for (const { text, keys } of vectors('waybills').waybills) {
  test(`waybill ${JSON.stringify(text)}`, () => {
    assert.deepEqual(waybillKeys(text), keys);
    assert.equal(normaliseWaybill(text), keys[0] ?? '');
  });
}
