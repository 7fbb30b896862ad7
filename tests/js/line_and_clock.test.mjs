import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { PARCEL, SITE, arrive, film, freshPhone, means, span, NOW } from './phone.mjs';
import { Dock } from './dock.mjs';
import { clockMoved } from '../../static/src/core/clock_moved.js';
import { filmsMayGo } from '../../static/src/core/line_choice.js';
import { recordById } from '../../static/src/store/journal.js';
import { getSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { openDb } from '../../static/src/store/db.js';
import { sendInBackground } from '../../static/src/sync/background.js';
import { compareClocks } from '../../static/src/sync/clock_watch.js';
import { chooseFilms, filmsAllowed, sendFilmsNow, filmsAreGone } from '../../static/src/sync/line.js';
import { sendPending } from '../../static/src/sync/send_records.js';
import { nextTake } from '../../static/src/sync/send_takes.js';
import { withLock } from '../../static/src/store/locks.js';

beforeEach(freshPhone);

const look = (/** @type {number} */ wall, /** @type {number} */ mono, /** @type {any} */ offset = null) => ({ wall, mono, offset });

test('a clock that was set is found, a phone that slept is not accused', () => {
  const first = look(1_000_000, 1_000, { ms: 100, pm: 50 });
  assert.equal(clockMoved(first, look(1_060_000, 61_000, { ms: 100, pm: 50 })), null);
  assert.equal(clockMoved(first, look(1_057_999, 61_000)), -2001);
  assert.equal(clockMoved(first, look(9_000_000, 61_000)), null, 'asleep, or set forward: the server will tell');
  assert.equal(clockMoved(first, look(1_060_000, 61_000, { ms: 5_201, pm: 50 })), -5101);
  assert.equal(clockMoved(first, look(1_060_000, 61_000, { ms: 5_199, pm: 50 })), null, 'as uncertain as it is apart');
});

test('what was found is kept for the screen, and the same change is told once', async () => {
  const first = look(1_000_000, 1_000, { ms: 0, pm: 5 });
  const set = look(-2_600_000, 2_000, { ms: 0, pm: 5 });
  const next = await compareClocks(first, set);
  assert.deepEqual(await getSetting('clockMoved'), { ms: -3_601_000, at: -2_600_000 });
  await compareClocks(next, look(-2_590_000, 12_000, { ms: 0, pm: 5 }));
  assert.equal((await getSetting('clockMoved'))?.at, -2_600_000);
});

test('films wait for Wi-Fi when they were told to; a tap sends them all the same, once', async () => {
  const cell = { type: 'cellular' };
  assert.deepEqual(
    [filmsMayGo({ choice: 'any', sendNow: false, connection: cell }), filmsMayGo({ choice: 'wifi', sendNow: false, connection: cell }),
      filmsMayGo({ choice: 'wifi', sendNow: false, connection: { type: 'wifi' } }), filmsMayGo({ choice: 'wifi', sendNow: false, connection: null }),
      filmsMayGo({ choice: 'wifi', sendNow: true, connection: null })],
    [true, false, true, false, true],
  );
  await chooseFilms('wifi');
  assert.equal(await filmsAllowed(), false);
  sendFilmsNow();
  assert.equal(await filmsAllowed(), true);
  filmsAreGone();
  assert.equal(await filmsAllowed(), false);
  await chooseFilms('any');
});

test('the film whose goods are due first goes first', async () => {
  new Dock();
  const early = await film(['early'], { start: 1000 });
  await sealTake(early, { ...span(1000, 2000), closed: 'complete' }, await means());
  const late = await film(['late'], { start: 5000 });
  await sealTake(late, { ...span(5000, 6000), closed: 'complete' }, await means());
  await sendPending();
  assert.equal((await nextTake(() => true))?.takeId, early.takeId);
  const row = await (await openDb()).get('takes', late.takeId);
  await (await openDb()).put('takes', { .../** @type {any} */ (row), parcel: 'c'.repeat(32) });
  const due = (/** @type {string} */ id, /** @type {string | null} */ act_by) => ({
    id, orders: [], customer_code: null, waybills: [], labels: [], voided_labels: [], received_at: null, received_zone: null, act_by,
  });
  await saveSnapshot({ site: SITE, workers: [], orders: [], parcels: [due('c'.repeat(32), new Date(NOW).toISOString()), due(PARCEL, null)], server_time_ms: NOW }, NOW);
  assert.equal((await nextTake(() => true))?.takeId, late.takeId);
});

test('woken with the app closed, the phone commits; beside an open page it does nothing', async () => {
  const dock = new Dock();
  const { id } = await arrive();
  await withLock('sync', async () => {
    if (globalThis.navigator?.locks) {
      await sendInBackground();
      assert.equal(dock.seen.length, 0);
    }
  });
  await sendInBackground();
  assert.equal((await recordById(id))?.state, 'accepted');
});
