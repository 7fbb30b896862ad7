import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { DEVICE, arrive, freshPhone } from './phone.mjs';
import { Dock, keyHere, refusal } from './dock.mjs';
import { closeDb, openDb } from '../../static/src/store/db.js';
import { startKeyChange } from '../../static/src/store/key_change.js';
import { saveKey } from '../../static/src/store/keys.js';
import { makeDeviceKey } from '../../static/src/device/keys.js';
import { signedFetch } from '../../static/src/sync/api.js';
import { changeKey, keyWaits, settleKey } from '../../static/src/sync/rotate.js';
import { sendPending } from '../../static/src/sync/send_records.js';

/** @type {Dock} */
let dock;
/** What the server has written down of changes. @type {{old: Buffer, new: Buffer, lastSeq: number}[]} */
let changes;

beforeEach(async () => {
  await freshPhone();
  dock = new Dock();
  dock.spki = await keyHere();
  changes = [];
  dock.calls['POST /keys'] = ({ body }) => {
    const given = JSON.parse(body.toString());
    const next = Buffer.from(given.public_key, 'base64');
    const text = `dockproof-key-1\n${DEVICE}\n${given.last_seq}\n${given.public_key}\n`;
    assert.ok(signedBy(next, text, given.proof), 'the new key proves that it is here');
    if (!next.equals(/** @type {Buffer} */ (dock.spki))) {
      changes.push({ old: /** @type {Buffer} */ (dock.spki), new: next, lastSeq: given.last_seq });
      dock.spki = next;
    }
    return { device: DEVICE, since: '2026-11-21T06:00:00.000Z' };
  };
  // As the server does: by the key in force, or by an earlier one up to its last record.
  dock.refuses = (text) => !row(text);
});

const lost = () => Promise.reject(new TypeError('network'));
/** The server does its work and the answer is lost. @type {import('./dock.mjs').Step} */
const answerLost = async (seen) => {
  const line = /** @type {string} */ (seen.headers.get('Authorization'));
  const [, session, digest, sig] = /** @type {RegExpExecArray} */ (/session=([^,]+),body=([^,]+),sig=(.+)$/.exec(line));
  const known = /** @type {Buffer} */ (dock.spki);
  if (!signedBy(known, `dockproof-request-1\nPOST\n${seen.path}\n${session}\n${digest}\n`, sig)) return undefined;
  dock.calls['POST /keys'](seen);
  return lost();
};

/** @param {Buffer} spki @param {string} text @param {string} signature base64url of r‖s */
function signedBy(spki, text, signature) {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

/** @param {string} text */
function row(text) {
  const sent = dock.asked('/records').flatMap(({ body }) => JSON.parse(body.toString()).records);
  const { signature } = sent.findLast((/** @type {any} */ one) => one.text === text);
  const seq = Number(/^seq (.*)$/m.exec(text)?.[1]);
  if (signedBy(/** @type {Buffer} */ (dock.spki), text, signature)) return true;
  return changes.some((change) => seq <= change.lastSeq && signedBy(change.old, text, signature));
}

async function states() {
  return (await (await openDb()).getAll('journal')).map(({ state }) => state);
}

/** As after a dead battery: nothing is left but what lies in the database. */
const restart = closeDb;

test('the new key signs what comes, and what the old one had signed still counts', async () => {
  await arrive();
  const old = await keyHere();
  await changeKey();
  await arrive();
  await sendPending();
  assert.deepEqual(await states(), ['accepted', 'accepted']);
  assert.equal(changes.length, 1);
  assert.ok(changes[0].old.equals(old) && changes[0].new.equals(await keyHere()));
  assert.equal(changes[0].lastSeq, 1);
  assert.equal(await keyWaits(), false);
});

test('without a network nothing is lost: the change goes on with the next sending', async () => {
  await arrive();
  dock.steps = [lost];
  await assert.rejects(changeKey(), { name: 'Offline' });
  assert.equal(await keyWaits(), true);
  await restart();
  await arrive();
  await sendPending();
  assert.deepEqual(await states(), ['accepted', 'accepted']);
  assert.deepEqual([changes.length, changes[0].lastSeq, await keyWaits()], [1, 1, false]);
});

test('a lost answer is repeated under the new key, and is one change', async () => {
  dock.calls['GET /snapshot'] = () => ({});
  await signedFetch('GET', '/snapshot');
  // The first request is refused, for the new key is not known yet; the second one's answer is lost.
  dock.steps = [() => undefined, answerLost];
  await assert.rejects(changeKey(), { name: 'Offline' });
  assert.equal(changes.length, 1);
  await restart();
  await arrive();
  await sendPending();
  assert.deepEqual([await states(), changes.length, await keyWaits()], [['accepted'], 1, false]);
});

test('a crash between storing and asking is made good at the next start', async () => {
  await startKeyChange(await makeDeviceKey());
  await restart();
  assert.equal(await settleKey(), null);
  assert.deepEqual([changes.length, await keyWaits()], [1, false]);
});

test('no record is sent before the server knows the key that signed it', async () => {
  await startKeyChange(await makeDeviceKey());
  await arrive();
  dock.steps = [() => undefined, lost];
  await assert.rejects(sendPending(), { name: 'Offline' });
  assert.deepEqual([dock.asked('/records').length, await states()], [0, ['pending']]);
});

test('requests go through under whichever key the server has', async () => {
  dock.calls['GET /snapshot'] = () => ({ ok: true });
  await startKeyChange(await makeDeviceKey());
  assert.equal((await signedFetch('GET', '/snapshot')).json.ok, true);
  dock.spki = await keyHere();
  assert.equal((await signedFetch('GET', '/snapshot')).json.ok, true);
});

test('a refusal puts the old key back in force, and it signs what was written meanwhile', async () => {
  const old = await keyHere();
  await arrive();
  await startKeyChange(await makeDeviceKey());
  await arrive();
  await arrive();
  dock.steps = [() => undefined, () => undefined, () => refusal(400, 'enrolment_key_bad')];
  const refused = await settleKey();
  assert.equal(refused?.code, 'enrolment_key_bad');
  assert.ok(old.equals(await keyHere()));
  await sendPending();
  assert.deepEqual([await states(), changes.length], [['accepted', 'accepted', 'accepted'], 0]);
});

test('a blocked phone keeps the key that the server knows', async () => {
  const blocked = () => refusal(401, 'device_revoked');
  const old = await keyHere();
  dock.steps = [() => undefined, blocked];
  await assert.rejects(changeKey(), { code: 'device_revoked' });
  assert.ok(old.equals(await keyHere()), 'the server had not heard of the new one');

  await startKeyChange(await makeDeviceKey());
  dock.spki = await keyHere();
  dock.steps = [blocked];
  assert.equal(await settleKey(), null);
  assert.ok(dock.spki.equals(await keyHere()), 'the answer had been lost');
});

test('a busy server is asked again', async () => {
  dock.steps = [() => undefined, () => refusal(429, 'too_many_requests')];
  await assert.rejects(changeKey(), { code: 'too_many_requests' });
  assert.equal(await keyWaits(), true);
  await changeKey();
  assert.deepEqual([changes.length, await keyWaits()], [1, false]);
});

test('two presses at once are one change', async () => {
  const started = await Promise.all([startKeyChange(await makeDeviceKey()), startKeyChange(await makeDeviceKey())]);
  assert.deepEqual(started, [true, false]);
  await Promise.all([settleKey(), settleKey()]);
  assert.deepEqual([changes.length, await keyWaits()], [1, false]);
});

test('enrolment forgets a change that waited', async () => {
  await startKeyChange(await makeDeviceKey());
  await saveKey(await makeDeviceKey());
  assert.equal(await keyWaits(), false);
});
