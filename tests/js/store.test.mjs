import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { DEVICE, LINES, NOW, PARCEL, WORKER, arrive, at, bufferOf, film, freshPhone, means, span } from './phone.mjs';
import { parseChunks } from '../../static/src/core/chunks.js';
import { fromBase64 } from '../../static/src/core/base64.js';
import { sha256Hex } from '../../static/src/core/hash.js';
import { parseRecord, recordHash } from '../../static/src/core/record.js';
import { addChallenges, countChallenges, takeChallenge } from '../../static/src/store/challenges.js';
import { openDb, write } from '../../static/src/store/db.js';
import { openTake, readRange, recoverTakes, removeTake, takeState } from '../../static/src/store/evidence.js';
import { appendRecord, markReceipt, pending, recordById } from '../../static/src/store/journal.js';
import { loadKey } from '../../static/src/store/keys.js';
import { reconcile } from '../../static/src/store/reconcile.js';
import { putSetting } from '../../static/src/store/settings.js';
import { findByScan, parcelView, saveSnapshot } from '../../static/src/store/snapshot.js';
import { sealInterrupted, sealTake } from '../../static/src/store/take_record.js';
import { noteTake } from '../../static/src/store/takes.js';

const utf8 = new TextEncoder();

beforeEach(freshPhone);

test('the journal is a gapless chain of signed records', async () => {
  const first = await arrive();
  const second = await arrive();
  assert.deepEqual([first.seq, second.seq], [1, 2]);
  const fields = parseRecord(second.text);
  assert.equal(fields.prev, first.hash);
  assert.equal(fields.device, DEVICE);
  assert.equal(fields.worker, WORKER.id);
  assert.equal(fields.offset, null);
  const [row] = await pending();
  const key = await loadKey();
  assert.ok(key);
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = fromBase64(row.signature);
  assert.ok(await crypto.subtle.verify(algorithm, key.publicKey, signature, utf8.encode(row.text)));
});

test('records written at once by several hands still form one chain', async () => {
  const written = await Promise.all([1, 2, 3, 4, 5].map(() => arrive()));
  const rows = (await pending()).map(({ seq, text, hash }) => ({ seq, prev: parseRecord(text).prev, hash }));
  assert.deepEqual(rows.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
  assert.deepEqual(rows.slice(1).map(({ prev }) => prev), rows.slice(0, -1).map(({ hash }) => hash));
  assert.equal(new Set(written.map(({ id }) => id)).size, 5);
});

test('a head that moved while signing is signed anew', async () => {
  const own = await means();
  let intruded = false;
  const sign = async (/** @type {string} */ text) => {
    if (!intruded) {
      intruded = true;
      // Another tab without Web Locks: it writes the very next row.
      const row = { device: DEVICE, seq: 1, id: 'ee'.repeat(16), kind: 'arrival', parcel: null, opens: null };
      const rest = { text: 'x', signature: '', hash: recordHash('x'), side: [], state: 'pending', at: 0, receipt: null };
      await write(['journal'], (tx) => tx.objectStore('journal').add(/** @type {any} */ ({ ...row, ...rest })));
    }
    return own.sign(text);
  };
  const { seq, text } = await appendRecord({ kind: 'arrival', parcel: PARCEL, ...at(5) }, { ...own, sign });
  assert.equal(seq, 2);
  assert.equal(parseRecord(text).prev, recordHash('x'));
});

test('a malformed draft writes nothing', async () => {
  await assert.rejects(appendRecord({ kind: 'arrival', parcel: 'x', ...at(1) }, await means()), { code: 'record_malformed' });
  assert.deepEqual(await pending(), []);
});

test('what was accepted stays accepted', async () => {
  const { id, hash } = await arrive();
  await markReceipt(id, { id, state: 'accepted', record: hash, entry: 1 });
  await markReceipt(id, { id, state: 'malformed', record: hash });
  assert.equal((await recordById(id))?.state, 'accepted');
  assert.deepEqual(await pending(), []);
});

test('a take: slices on disk in order, read back across their borders, sealed with its tally', async () => {
  const take = await film(['one ', 'two ', 'three']);
  await take.addEvent({ ms: 1500, type: 'tally', line: LINES[1], n: 1, total: 1 });
  await take.addEvent({ ms: 2500, type: 'tally', line: LINES[1], n: 10, total: 11 });
  assert.equal(await take.append(new ArrayBuffer(0), 4000), null);
  assert.deepEqual(await takeState(take.takeId), { bytes: 13, chunks: 3, closed: false });
  assert.equal(Buffer.from(await readRange(take.takeId, 2, 10)).toString(), 'e two th');
  const sealed = await sealTake(take, { closed: 'complete', ...span(1000, 4200) }, await means());
  const record = parseRecord(sealed.text);
  assert.deepEqual(record.file, { sha256: sha256Hex('one two three'), bytes: 13, mime: 'video/webm' });
  assert.deepEqual(record.tally, [{ line: LINES[0], units: 0 }, { line: LINES[1], units: 11 }]);
  assert.equal(record.opens, take.takeId);
  assert.equal(record.chunks?.n, 3);
  const row = await recordById(sealed.id);
  const side = Object.fromEntries((row?.side ?? []).map(({ name, text }) => [name, text]));
  assert.equal(parseChunks(side['chunks.txt']).length, 3);
  assert.equal(sha256Hex(side['events.txt']), record.events);
  await assert.rejects(sealTake(take.takeId, { closed: 'complete', ...span(1000, 4200) }, await means()), { code: 'take_sealed' });
});

test('a second recorder is refused until the first take is closed', async () => {
  const take = await film(['x']);
  const other = await appendRecord({ kind: 'take-open', ...at(9000) }, await means());
  await assert.rejects(openTake(other.id), { code: 'recorder_busy' });
  await take.close();
  await (await openTake(other.id)).close();
});

test('an event that does not follow is refused and not kept', async () => {
  const take = await film(['x']);
  assert.throws(() => take.addEvent({ ms: 1, type: 'undo', line: LINES[0], n: 1, total: -1 }), RangeError);
  assert.deepEqual(take.events(), []);
  await take.close();
});

test('a take left open is found, reconciled and sealed as interrupted with its taps', async () => {
  const take = await film(['one ', 'two']);
  await take.addEvent({ ms: 2400, type: 'tally', line: LINES[0], n: 1, total: 1 });
  assert.deepEqual(await recoverTakes(), [], 'while it is being recorded nothing is touched');
  await take.release(); // the page died: its lock is gone, nothing was closed
  const found = await recoverTakes();
  assert.deepEqual(found, [{ takeId: take.takeId, bytes: 7, chunks: 2, lastMs: 2000, damaged: 0 }]);
  const record = parseRecord((await sealInterrupted(take.takeId, await means(NOW + 86_400_000))).text);
  assert.equal(record.closed, 'interrupted');
  assert.equal(record.file?.sha256, sha256Hex('one two'));
  assert.deepEqual(record.mono, { start: 1000, stop: 3400 });
  assert.deepEqual(record.tally?.[0], { line: LINES[0], units: 1 });
  assert.deepEqual(await recoverTakes(), []);
});

test('a take-open without a single slice is an interrupted take without a file', async () => {
  const { id } = await appendRecord({ kind: 'take-open', parcel: PARCEL, ...at(50) }, await means());
  assert.deepEqual(await recoverTakes(), [{ takeId: id, bytes: 0, chunks: 0, lastMs: 0, damaged: 0 }]);
  const record = parseRecord((await sealInterrupted(id, await means())).text);
  assert.deepEqual([record.closed, record.file, record.chunks], ['interrupted', null, null]);
});

test('reconcile: bytes without a row become a tail chunk, rows without bytes go', async () => {
  const bytes = utf8.encode('one two three');
  const row = (/** @type {number} */ index, /** @type {number} */ offset, /** @type {string} */ text) =>
    ({ index, offset, length: text.length, ms: index * 1000, sha256: sha256Hex(text) });
  const rows = [row(0, 0, 'one '), row(1, 4, 'two ')];
  const read = (/** @type {number} */ start, /** @type {number} */ end) => bytes.slice(start, end);
  const tail = await reconcile(13, rows, read);
  assert.deepEqual(tail.chunks[2], { ...row(2, 8, 'three'), ms: 1000 });
  assert.equal(tail.sha256, sha256Hex('one two three'));
  assert.equal(tail.damaged, 0);
  const torn = await reconcile(6, rows, read);
  assert.deepEqual(torn.chunks.map(({ length }) => length), [4, 2]);
  assert.equal(torn.damaged, 1);
  assert.equal(torn.sha256, sha256Hex('one tw'));
  const altered = await reconcile(8, [row(0, 0, 'One '), rows[1]], read);
  assert.deepEqual([altered.damaged, altered.chunks[0].sha256], [1, sha256Hex('one ')]);
  assert.deepEqual(await reconcile(0, [], read), { chunks: [], bytes: 0, sha256: null, damaged: 0 });
});

test('bytes leave the phone only after the server verified them', async () => {
  const take = await film(['x']);
  await sealTake(take, { closed: 'complete', ...span(1000, 2000) }, await means());
  await assert.rejects(removeTake(take.takeId), /not verified/);
  await noteTake(take.takeId, { verifiedAt: NOW });
  await removeTake(take.takeId);
  assert.equal(await takeState(take.takeId), null);
  assert.equal(await (await openDb()).count('slices'), 0);
  assert.equal((await recordById(take.takeId))?.kind, 'take-open', 'the chain keeps its records');
});

test('a challenge is used once; a stale one never', async () => {
  const expires = (/** @type {number} */ ms) => new Date(NOW + ms).toISOString();
  await addChallenges([
    { id: 'c2', note: 'n', expires: expires(9000) },
    { id: 'c1', note: 'n', expires: expires(5000) },
    { id: 'c0', note: 'n', expires: expires(-1) },
  ]);
  assert.equal(await takeChallenge(NOW), 'c1');
  assert.equal(await countChallenges(), 1);
  await putSetting('offset', { ms: 10_000, pm: 5, at: NOW });
  assert.equal(await takeChallenge(NOW), null, 'stale by the server\'s clock');
});

const SNAPSHOT = {
  site: { id: '51'.repeat(16), name: 'Pingxiang', kind: 'cn', zone: 'Asia/Shanghai', language: 'zh_CN' },
  workers: [WORKER],
  orders: [
    { id: 'o1', order_no: '3654120987654321098', customer_code: 'VN-07', supplier: 'S', remark: null, lines: [
      { id: LINES[1], seq: 2, title: 'Cup', spec: null, colour: 'red', size: null, unit: null, sku_id: null, picture: null },
      { id: LINES[0], seq: 1, title: 'Cup', spec: null, colour: 'blue', size: null, unit: null, sku_id: null, picture: null },
    ] },
  ],
  parcels: [
    { id: PARCEL, orders: ['o1'], customer_code: null, labels: ['7K3M9Q2XZV'], voided_labels: ['ABCDEFGHJF'],
      waybills: [{ courier: 'YTO', number: 'YT 8842716650321', number_norm: 'YT8842716650321' }],
      received_at: null, received_zone: null },
  ],
  server_time_ms: NOW,
};

test('a scan finds a parcel by label, voided label or waybill, and nothing by half a number', async () => {
  assert.deepEqual(await findByScan('7K3M9Q2XZV'), { kind: 'none' });
  await saveSnapshot(SNAPSHOT, NOW);
  for (const text of ['https://dock.example/L/7K3M9Q2XZV', '7k3m9-q2xzv', 'yt 8842716650321', '圆通速递(YTO):YT8842716650321']) {
    const found = await findByScan(text);
    assert.ok(found.kind === 'parcel' && found.parcel.id === PARCEL && !found.voided, text);
  }
  const voided = await findByScan('ABCDEFGHJF');
  assert.ok(voided.kind === 'parcel' && voided.voided);
  assert.deepEqual(await findByScan('YT884271665032'), { kind: 'none' });
});

test('an own arrival stands until the server says otherwise, and is assumed', async () => {
  await saveSnapshot(SNAPSHOT, NOW);
  assert.equal((await parcelView(PARCEL))?.receivedAt, null);
  await arrive(PARCEL, 2000);
  const blind = await parcelView(PARCEL);
  assert.equal(blind?.receivedMs, null, 'without a measured offset no instant is claimed');
  assert.equal(blind?.arrivedDeviceMs, NOW + 2000);
  await freshPhone();
  await saveSnapshot(SNAPSHOT, NOW);
  await putSetting('offset', { ms: -500, pm: 40, at: NOW });
  await arrive(PARCEL, 2000);
  const view = await parcelView(PARCEL);
  assert.deepEqual([view?.receivedMs, view?.receivedPm, view?.source, view?.assumed], [NOW + 1500, 40, 'phone', true]);
  assert.equal(view?.receivedZone, 'Asia/Shanghai');
  const said = { ...SNAPSHOT.parcels[0], received_at: '2026-11-21T05:59:59.000Z', received_zone: 'Asia/Shanghai' };
  await saveSnapshot({ ...SNAPSHOT, parcels: [said] }, NOW + 60_000);
  const confirmed = await parcelView(PARCEL);
  assert.deepEqual([confirmed?.receivedAt, confirmed?.source, confirmed?.assumed], [said.received_at, 'server', false]);
});

test('in Vietnam its own arrival is the receipt, never China\'s', async () => {
  const site = { ...SNAPSHOT.site, kind: 'VN_warehouse', zone: 'Asia/Ho_Chi_Minh' };
  const said = { ...SNAPSHOT.parcels[0], received_at: '2026-11-01T05:59:59.000Z', received_zone: 'Asia/Shanghai' };
  await saveSnapshot({ ...SNAPSHOT, site, parcels: [said] }, NOW);
  assert.deepEqual([(await parcelView(PARCEL))?.receivedAt, (await parcelView(PARCEL))?.receivedZone], [null, 'Asia/Ho_Chi_Minh']);
  const arrival = (/** @type {string} */ at, gone = false) => ({ id: at, kind: 'arrival', slot: null, also: [], values: {}, at, worker: null, gone });
  const facts = [arrival('2026-11-20T01:00:00.000Z', true), arrival('2026-11-20T03:00:00.000Z'), arrival('2026-11-20T02:00:00.000Z')];
  await saveSnapshot({ ...SNAPSHOT, site, parcels: [{ ...said, facts }] }, NOW + 1);
  const view = await parcelView(PARCEL);
  assert.deepEqual([view?.receivedAt, view?.receivedZone, view?.source], ['2026-11-20T02:00:00.000Z', 'Asia/Ho_Chi_Minh', 'server']);
});

test('a parcel shows its lines in the order\'s own sequence and the customer code of its order', async () => {
  await saveSnapshot(SNAPSHOT, NOW);
  const view = await parcelView(PARCEL);
  assert.deepEqual(view?.lines.map(({ id }) => id), LINES);
  assert.equal(view?.customerCode, 'VN-07');
});

test('the buffer of a slice may be as large as a phone gives', async () => {
  const take = await film([]);
  const chunk = await take.append(bufferOf(new Uint8Array(3_000_000).fill(7)), 900);
  assert.equal(chunk?.length, 3_000_000);
  await take.close();
});
