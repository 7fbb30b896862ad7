import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsText, parseEvents } from '../../static/src/core/events.js';
import { reasonOf } from '../../static/src/device/camera.js';
import { containArea } from '../../static/src/device/canvas_feed.js';
import { bootId, tzMinutesEast } from '../../static/src/device/clock.js';
import { exportSpki, makeDeviceKey, signRaw } from '../../static/src/device/keys.js';
import { bearsBands, pickFormat } from '../../static/src/device/recorder_format.js';
import { frameArea, isNewCode } from '../../static/src/device/scanner.js';
import { TakeEvents } from '../../static/src/device/take_events.js';

const BLACK = 'a1'.repeat(16);
const WHITE = 'b2'.repeat(16);

/** A clock that the test sets. */
function events() {
  const clock = { ms: 0 };
  const kept = [];
  const list = new TakeEvents(() => clock.ms, (event) => kept.push(event));
  return { clock, kept, list };
}

test('the device key signs as r‖s, verifies against its SPKI and cannot be read out', async () => {
  const pair = await makeDeviceKey();
  assert.equal(pair.privateKey.extractable, false);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const publicKey = await crypto.subtle.importKey('spki', await exportSpki(pair.publicKey), algorithm, true, ['verify']);
  const signature = await signRaw(pair.privateKey, 'goods receipt\n');
  assert.equal(signature.length, 64);
  const said = new TextEncoder().encode('goods receipt\n');
  assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, signature, said));
  await assert.rejects(crypto.subtle.exportKey('pkcs8', pair.privateKey));
});

test('the page session has one boot id, and zones count eastwards', () => {
  assert.match(bootId(), /^[0-9a-f]{16}$/);
  assert.equal(bootId(), bootId());
  assert.equal(tzMinutesEast(0), -new Date(0).getTimezoneOffset());
});

test('an undo takes back the last tally and is itself recorded', () => {
  const { clock, list } = events();
  clock.ms = 1000;
  list.tally(BLACK, 1);
  clock.ms = 2000;
  list.tally(WHITE, 1);
  assert.equal(list.lastLine, WHITE);
  clock.ms = 2500;
  assert.deepEqual(list.undo(), { ms: 2500, type: 'undo', line: WHITE, n: 1, total: 1 });
  assert.equal(list.lastLine, BLACK);
  assert.equal(list.total, 1);
  assert.equal(list.perLine.get(WHITE), 0);
});

test('after the mark of a recount totals start at 0, and the first count stays in the list', () => {
  const { clock, list } = events();
  list.tally(BLACK, 5);
  assert.equal(list.recounted, false);
  clock.ms = 2000;
  list.add({ type: 'mark', name: 'recount' });
  assert.deepEqual([list.total, list.lastTap, list.recounted], [0, null, true]);
  assert.equal(list.undo(), null, 'the first count is not taken back');
  list.tally(BLACK, 4);
  assert.deepEqual(list.lastTap && [list.lastTap.line, list.lastTap.n], [BLACK, 4]);
  assert.equal(parseEvents(eventsText(list.list)).length, 3);
});

test('nothing is undone when nothing stands, and no tally is empty', () => {
  const { kept, list } = events();
  assert.equal(list.undo(), null);
  assert.throws(() => list.tally(BLACK, 0), RangeError);
  assert.throws(() => list.tally(BLACK, 1.5), RangeError);
  assert.deepEqual(kept, []);
});

test('each event is handed over at once, in an order that reads back', () => {
  const { clock, kept, list } = events();
  list.add({ type: 'mute', track: 'audio' });
  clock.ms = 900;
  list.tally(BLACK, 1);
  // A clock that steps back must not turn the list round.
  clock.ms = 400;
  list.add({ type: 'hidden' });
  clock.ms = 5000;
  list.add({ type: 'stalled', for: 3100 });
  assert.deepEqual(kept, list.list);
  assert.deepEqual(kept.map(({ ms }) => ms), [0, 900, 900, 5000]);
  assert.deepEqual(parseEvents(eventsText(kept)), kept);
});

test('MP4 with H.264 is recorded where the browser can, else WebM', () => {
  assert.equal(pickFormat(() => true, true), 'video/mp4;codecs=avc1.42E01F,mp4a.40.2');
  assert.equal(pickFormat((type) => type.startsWith('video/webm;codecs=vp8'), true), 'video/webm;codecs=vp8,opus');
  assert.equal(pickFormat(() => true, false), 'video/mp4;codecs=avc1.42E01F');
  assert.equal(pickFormat(() => false, true), null);
  assert.ok(bearsBands('video/mp4;codecs=avc1.42E01F') && bearsBands('video/webm;codecs=h264,opus'));
  assert.ok(!bearsBands('video/webm;codecs=vp8,opus'), 'VP8 is too slow for a larger picture');
});

test('a camera that does not open says why', () => {
  const named = (name) => Object.assign(new Error(name), { name });
  assert.equal(reasonOf(named('NotAllowedError')), 'refused');
  assert.equal(reasonOf(named('NotFoundError')), 'none');
  assert.equal(reasonOf(named('NotReadableError')), 'in_use');
  assert.equal(reasonOf(new TypeError('x')), 'failed');
  assert.equal(reasonOf(null), 'failed');
});

test('a turned phone is letterboxed into the size the take began with', () => {
  const canvas = { width: 1280, height: 720 };
  assert.deepEqual(containArea({ width: 1280, height: 720 }, canvas), { x: 0, y: 0, width: 1280, height: 720 });
  assert.deepEqual(containArea({ width: 720, height: 1280 }, canvas), { x: 438, y: 0, width: 405, height: 720 });
});

test('the scanner reads the whole picture and its centre in turn', () => {
  assert.deepEqual(frameArea(2, 1280, 720), { x: 0, y: 0, width: 1280, height: 720 });
  assert.deepEqual(frameArea(3, 1280, 720), { x: 256, y: 144, width: 768, height: 432 });
});

test('a code held before the camera is one scan', () => {
  assert.ok(isNewCode(null, 'A', 0));
  assert.ok(!isNewCode({ text: 'A', at: 1000 }, 'A', 3000));
  assert.ok(isNewCode({ text: 'A', at: 1000 }, 'A', 3600));
  assert.ok(isNewCode({ text: 'A', at: 1000 }, 'B', 1100));
});
