import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NOW, PARCEL, SITE, WORKER, arrive, film, freshPhone, means, span } from './phone.mjs';
import { Dock, answer, refusal } from './dock.mjs';
import { removeTake, takeState } from '../../static/src/store/evidence.js';
import { pending, recordById } from '../../static/src/store/journal.js';
import { getSetting, putSetting } from '../../static/src/store/settings.js';
import { saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { allTakes } from '../../static/src/store/takes.js';
import { signedFetch } from '../../static/src/sync/api.js';
import { captures } from '../../static/src/sync/captures.js';
import { startSync } from '../../static/src/sync/drain.js';
import { enrol } from '../../static/src/sync/enrol.js';
import { Bell, backoffMs } from '../../static/src/sync/patience.js';
import { refreshSnapshot } from '../../static/src/sync/refresh.js';
import { countChallenges } from '../../static/src/store/challenges.js';
import { askAboutQuarantined, postRecords, sendPending } from '../../static/src/sync/send_records.js';
import { GRACE_MS, letGo, nextTake, sendTake, verifyTake } from '../../static/src/sync/send_takes.js';
import { endShift, startShift } from '../../static/src/sync/shift.js';
import { MAX_PATCH, MIN_PATCH, nextPatchBytes, uploadOf, uploadTake } from '../../static/src/sync/upload.js';

/** @type {Dock} */
let dock;

beforeEach(async () => {
  await freshPhone();
  dock = new Dock();
});

const lost = () => Promise.reject(new TypeError('network'));
const signal = new AbortController().signal;
const run = { signal, onProgress: () => undefined, now: () => NOW };
/** @param {string} takeId */
const upload = (takeId) => uploadTake({ takeId, mime: 'video/webm', signal, onProgress: () => undefined, limits: { worthSending: 1, longEnoughMs: 50 } });

test('a request is signed over method, path, session and body', async () => {
  dock.calls['GET /snapshot?x=1'] = () => ({ ok: true });
  const { json } = await signedFetch('GET', '/snapshot?x=1');
  assert.equal(json.ok, true);
});

test('a stale session is renewed with what the refusal brought, once', async () => {
  dock.calls['GET /snapshot'] = () => ({});
  await signedFetch('GET', '/snapshot');
  dock.session = 's2';
  await signedFetch('GET', '/snapshot');
  assert.equal(dock.asked('/sessions').length, 1);
  assert.equal(await getSetting('session'), 's2');
  const stale = () => refusal(401, 'session_stale', { session: 's2' });
  dock.steps = [stale, stale];
  await assert.rejects(signedFetch('GET', '/snapshot'), { code: 'session_stale' });
});

test('online means that the server\'s own body said so', async () => {
  dock.calls['GET /snapshot'] = () => ({});
  const portal = () => new Response('<html>Sign in to the hotel</html>', { status: 200, headers: { 'Content-Type': 'text/html' } });
  dock.steps = [portal];
  await assert.rejects(signedFetch('GET', '/snapshot'), { name: 'Offline' }, 'a session from a sign-in page');
  dock.steps = [() => undefined, () => new Response('Bad gateway', { status: 502 })];
  await assert.rejects(signedFetch('GET', '/snapshot'), { name: 'Offline' });
  dock.steps = [lost];
  await assert.rejects(signedFetch('GET', '/snapshot'), { name: 'Offline' });
});

test('the clock\'s offset is kept from what the server says, within its uncertainty', async () => {
  dock.serverTime = () => Date.now() - 3_600_000;
  dock.calls['GET /snapshot'] = () => ({});
  await signedFetch('GET', '/snapshot');
  const offset = await getSetting('offset');
  assert.ok(offset && Math.abs(offset.ms + 3_600_000) <= offset.pm, JSON.stringify(offset));
});

test('records go in order, each once, and their receipts are kept', async () => {
  const ids = [(await arrive()).id, (await arrive()).id, (await arrive()).id];
  assert.equal(await sendPending(), 3);
  const sent = JSON.parse(dock.asked('/records')[0].body.toString()).records;
  assert.deepEqual(sent.map((/** @type {any} */ { text }) => /^id (.*)$/m.exec(text)?.[1]), ids);
  assert.equal((await recordById(ids[2]))?.receipt?.entry, 3);
  assert.equal(await sendPending(), 0);
  assert.equal(dock.asked('/records').length, 1);
});

test('an answer that was lost on its way makes no second entry', async () => {
  const { id } = await arrive();
  await sendPending(); // opens the session
  const { id: next } = await arrive();
  dock.steps = [async (seen) => {
    await dock.fetch(seen.path, { method: seen.method, headers: seen.headers, body: seen.body });
    throw new TypeError('network');
  }];
  await assert.rejects(sendPending(), { name: 'Offline' });
  assert.equal((await pending()).length, 1);
  await sendPending();
  assert.deepEqual([(await recordById(id))?.receipt?.entry, (await recordById(next))?.receipt?.entry], [1, 2]);
});

test('a malformed record is kept, marked and passed by', async () => {
  const [a, b, c] = [await arrive(), await arrive(), await arrive()];
  dock.refuses = (text) => text.includes(b.id);
  await sendPending();
  const states = await Promise.all([a, b, c].map(async ({ id }) => (await recordById(id))?.state));
  assert.deepEqual(states, ['accepted', 'malformed', 'accepted']);
  assert.equal((await recordById(b.id))?.text, b.text);
});

test('what a blocked phone sends is marked so, sent once, and kept', async () => {
  const { id, text } = await arrive();
  dock.blocked = true;
  await sendPending();
  const row = await recordById(id);
  assert.deepEqual([row?.state, row?.text, (await pending()).length], ['quarantined', text, 0]);
});

test('a released take of a blocked phone is let go once the desk has its bytes', async () => {
  const filmed = await film(['one', 'two']);
  await sealTake(filmed, { closed: 'complete', ...span(1000, 4000) }, await means());
  dock.blocked = dock.shut = true;
  await sendPending();
  assert.deepEqual(await askAboutQuarantined(), { released: 0, kept: 2 });
  assert.equal(await nextTake(() => true), null, 'nothing to send before an owner has looked');
  dock.blocked = false;
  assert.deepEqual(await askAboutQuarantined(), { released: 2, kept: 0 });
  const take = await nextTake(() => true);
  assert.equal(take?.takeId, filmed.takeId);
  await assert.rejects(sendTake(/** @type {any} */ (take), run), { code: 'device_revoked' }, 'the desk has no bytes yet');
  assert.equal((await allTakes())[0].verifiedAt, null);
  dock.brought = true;
  await sendTake(/** @type {any} */ (take), run);
  assert.equal((await allTakes())[0].verifiedAt, NOW);
});

test('a batch refused as a whole is halved until the one bad record stands alone', async () => {
  const list = [await arrive(), await arrive(), await arrive(), await arrive(), await arrive()];
  const bad = list[3].id;
  const step = (/** @type {any} */ { path, body }) => {
    dock.steps.push(step);
    return path.endsWith('/records') && body.includes(bad) ? refusal(400, 'request_malformed') : undefined;
  };
  dock.steps = [step];
  await sendPending();
  const states = await Promise.all(list.map(async ({ id }) => (await recordById(id))?.state));
  assert.deepEqual(states, ['accepted', 'accepted', 'accepted', 'malformed', 'accepted']);
});

test('a body damaged on its way or a locked door marks nothing as malformed', async () => {
  await arrive();
  await sendPending();
  await arrive();
  for (const [status, code] of /** @type {const} */ ([[400, 'body_hash_wrong'], [401, 'device_revoked'], [429, 'too_many'], [500, 'internal']])) {
    dock.steps = [() => refusal(status, code)];
    await assert.rejects(sendPending(), { code });
  }
  assert.equal((await pending()).length, 1);
});

test('a receipt for other bytes is no receipt', async () => {
  const { id } = await arrive();
  await sendPending();
  await arrive();
  const other = { id, state: 'accepted', record: `sha256:${'0'.repeat(64)}`, entry: 9 };
  for (const receipts of [[other], [], null, [other, other], [{ state: 'accepted' }]]) {
    dock.steps = [() => answer({ receipts })];
    await assert.rejects(sendPending(), { name: 'Offline' });
  }
  assert.equal((await pending()).length, 1);
});

test('a take is sent while it is filmed, finished after it, and verified by the server\'s own hash', async () => {
  const take = await film(['one ', 'two ']);
  await sendPending();
  assert.equal((await nextTake(() => true))?.takeId, take.takeId);
  const sending = upload(take.takeId);
  while ((await uploadOf(take.takeId)).offset < 8) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await captures())[0].state, 'recording');
  await take.append(new TextEncoder().encode('three').buffer, 3000);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sending;
  assert.equal([...dock.uploads.values()][0].data.toString(), 'one two three');
  await assert.rejects(verifyTake(take.takeId, NOW), /closing record/);
  await sendPending();
  assert.equal((await captures())[0].state, 'uploading');
  await verifyTake(take.takeId, NOW);
  const [capture] = await captures();
  assert.deepEqual([capture.state, capture.bytes, capture.uploadedBytes], ['verified', 13, 13]);
});

test('an upload goes on from the last acknowledged byte', async () => {
  const take = await film(['one ', 'two ', 'three']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  // The creation arrives, the first PATCH is cut after 6 bytes, then the line is dead.
  dock.steps = [() => undefined, ({ path, body }) => {
    const cut = dock.uploads.get(path);
    if (cut) cut.data = body.subarray(0, 6);
    throw new TypeError('network');
  }];
  const [row] = await allTakes();
  await assert.rejects(sendTake(row, run), { name: 'Offline' });
  await sendTake(row, run);
  const patches = dock.seen.filter(({ method }) => method === 'PATCH');
  assert.deepEqual(patches.map(({ headers }) => headers.get('Upload-Offset')), ['0', '6']);
  assert.equal(dock.uploads.size, 1);
  assert.equal((await captures())[0].state, 'verified');
});

test('a server that has a bad moment at HEAD does not get a second upload; one that lost it does', async () => {
  const take = await film(['one ']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  const [row] = await allTakes();
  dock.steps = [() => undefined, lost];
  await assert.rejects(sendTake(row, run));
  for (const status of [500, 502, 401, 403, 429]) {
    const bad = () => new Response(null, { status });
    dock.steps = status === 401 ? [bad, () => undefined, bad] : [bad];
    await assert.rejects(sendTake(row, run));
    assert.equal(dock.uploads.size, 1, `after ${status}`);
  }
  dock.uploads.clear();
  await sendTake(row, run);
  assert.equal((await captures())[0].state, 'verified');
});

test('a session that went stale during an upload is renewed inside it', async () => {
  const take = await film(['one ', 'two']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  const [row] = await allTakes();
  dock.steps = [() => undefined, lost];
  await assert.rejects(sendTake(row, run));
  dock.session = 's9'; // the HEAD, which has no body, meets it first
  await sendTake(row, run);
  assert.equal((await captures())[0].state, 'verified');
});

test('all bytes arrived before the stop: the length alone is sent', async () => {
  const take = await film(['one ']);
  await sendPending();
  const sending = upload(take.takeId);
  while ((await uploadOf(take.takeId)).offset < 4) await new Promise((resolve) => setTimeout(resolve, 5));
  await take.close();
  await sending;
  const last = dock.seen.filter(({ method }) => method === 'PATCH').at(-1);
  assert.deepEqual([last?.headers.get('Upload-Length'), last?.body.length], ['4', 0]);
});

test('other bytes at the server are sent again, and after that somebody must look', async () => {
  const take = await film(['one ', 'two']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  const [row] = await allTakes();
  const rot = async () => {
    await upload(row.takeId);
    for (const kept of dock.uploads.values()) kept.data = Buffer.from('one twO');
    await verifyTake(row.takeId, NOW);
  };
  await assert.rejects(rot(), /other bytes/);
  await assert.rejects(rot(), /other bytes/);
  await rot();
  const [capture] = await captures();
  assert.deepEqual([capture.state, capture.problem], ['problem', 'mismatch']);
  assert.equal((await takeState(row.takeId))?.bytes, 7, 'the phone keeps its bytes');
  await assert.rejects(removeTake(row.takeId), /not verified/);
});

test('bytes stay 72 hours after they were verified', async () => {
  const take = await film(['one ']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  await sendPending();
  await sendTake((await allTakes())[0], run);
  await letGo(NOW + GRACE_MS);
  assert.equal((await captures()).length, 1);
  await letGo(NOW + GRACE_MS + 1);
  assert.equal((await captures()).length, 0);
});

test('a take without a byte is a problem that asks for nothing', async () => {
  const take = await film([]);
  await sealTake(take, { closed: 'interrupted', ...span(1000, 1000) }, await means());
  await sendPending();
  assert.equal(await nextTake(() => true), null);
  const [capture] = await captures();
  assert.deepEqual([capture.state, capture.problem], ['problem', 'empty']);
});

test('PATCHes grow and shrink towards ten seconds of line', () => {
  const mib = 1024 * 1024;
  assert.equal(nextPatchBytes(mib, mib, 1_000), 2 * mib);
  assert.equal(nextPatchBytes(4 * mib, 4 * mib, 100_000), 2 * mib);
  assert.equal(nextPatchBytes(mib, mib, 10_000), mib);
  assert.equal(nextPatchBytes(MIN_PATCH, MIN_PATCH, 500_000), MIN_PATCH);
  assert.equal(nextPatchBytes(MAX_PATCH, MAX_PATCH, 10), MAX_PATCH);
  assert.equal(nextPatchBytes(mib, 1000, 1), mib, 'a short piece says nothing for a larger one');
});

test('waits double with jitter up to five minutes', () => {
  assert.deepEqual([1, 2, 3].map((n) => backoffMs(n, () => 0)), [1000, 2000, 4000]);
  assert.equal(backoffMs(1, () => 0.999999), 2000);
  assert.equal(backoffMs(50, () => 0.999999), 300_000);
});

test('a ring while nobody waits is not lost', async () => {
  const bell = new Bell();
  bell.ring();
  await bell.wait(60_000);
  const waiting = bell.wait(60_000);
  bell.ring();
  await waiting;
});

test('the runner brings records, bytes and word of it; a poke ends a wait', async () => {
  await saveSnapshot({ site: SITE, workers: [WORKER], orders: [], parcels: [], server_time_ms: 0 }, Date.now());
  dock.calls['POST /challenges'] = () => ({ challenges: [] });
  const take = await film(['one ', 'two']);
  await sealTake(take, { closed: 'complete', ...span(1000, 4000) }, await means());
  dock.steps = [lost];
  /** @type {import('../../static/src/sync/drain.js').SyncState[]} */
  const states = [];
  const sync = startSync({ onState: (state) => states.push(state), random: () => 0.5 });
  const until = async (/** @type {(state: any) => boolean} */ met) => {
    while (!states.some(met)) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until((state) => state.online === false);
  const { poke } = await import('../../static/src/sync/drain.js');
  poke();
  await until((state) => state.online && state.pending === 0 && state.unverified === 0);
  assert.equal((await captures())[0].state, 'verified');
  await sync.stop();
  assert.equal(states.at(-1)?.error, null);
});

test('enrolling proves the key and keeps it only when the code was good', async () => {
  await putSetting('device', null);
  dock.steps = [() => refusal(403, 'code_unknown')];
  await assert.rejects(enrol('K7', 'Dock 1'), { code: 'code_unknown' });
  assert.equal(await getSetting('device'), null);
  dock.steps = [() => answer({ device: 'd1'.repeat(16), site: SITE, server_time_ms: Date.now() }, 201)];
  const { device } = await enrol('K7', 'Dock 1');
  const { body, headers } = dock.asked('/enrolments')[1];
  const said = JSON.parse(body.toString());
  assert.equal(headers.get('Authorization'), null);
  const key = await crypto.subtle.importKey('spki', Buffer.from(said.public_key, 'base64'), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  const text = Buffer.from(`dockproof-enrol-1\nK7\n${said.public_key}\n`);
  assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(said.proof, 'base64url'), text));
  assert.equal(await getSetting('device'), device);
  dock.calls['GET /snapshot'] = () => ({});
  await signedFetch('GET', '/snapshot');
});

test('a shift starts online, and later offline with the same PIN only', async () => {
  await putSetting('worker', null);
  dock.steps = [lost];
  await assert.rejects(startShift(WORKER.id, '4711'), { name: 'Offline' }, 'nothing here can check the PIN yet');
  dock.calls['POST /shifts'] = () => ({ worker: WORKER });
  assert.deepEqual(await startShift(WORKER.id, '4711'), { worker: WORKER, offline: false });
  await endShift();
  dock.steps = Array(8).fill(lost);
  assert.deepEqual(await startShift(WORKER.id, '4711'), { worker: WORKER, offline: true });
  for (let i = 0; i < 5; i++) await assert.rejects(startShift(WORKER.id, '0000'), { code: 'pin_wrong' });
  await assert.rejects(startShift(WORKER.id, '4711'), { code: 'pin_locked' });
  dock.steps = [];
  assert.equal((await startShift(WORKER.id, '4711')).offline, false, 'the server unlocks it');
});

test('a PIN that the server no longer takes opens nothing offline either', async () => {
  dock.calls['POST /shifts'] = () => ({ worker: WORKER });
  await startShift(WORKER.id, '4711');
  dock.steps = [() => refusal(403, 'pin_wrong')];
  await assert.rejects(startShift(WORKER.id, '4711'), { code: 'pin_wrong' });
  dock.steps = [lost];
  await assert.rejects(startShift(WORKER.id, '4711'), { name: 'Offline' });
});

test('a refresh brings snapshot and challenges', async () => {
  dock.calls['GET /snapshot'] = () => ({ site: SITE, workers: [], orders: [], parcels: [] });
  dock.calls['POST /challenges'] = ({ body }) => ({
    challenges: Array.from({ length: JSON.parse(body.toString()).n }, (_, i) => ({ id: `c${i}`, note: 'n', expires: '2030-01-01T00:00:00Z' })),
  });
  await refreshSnapshot();
  assert.equal(await countChallenges(), 20);
  await refreshSnapshot();
  assert.equal(dock.asked('/challenges').length, 1);
});

test('a receipt asked for again only adds to what is known', async () => {
  const { id } = await arrive(PARCEL);
  await sendPending();
  const row = await recordById(id);
  assert.ok(row);
  await postRecords([row]);
  assert.equal((await recordById(id))?.receipt?.entry, 1);
});
