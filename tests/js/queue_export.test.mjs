import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { crc32 as right } from 'node:zlib';
import { DEVICE, NOW, PARCEL, SITE, arrive, at, bufferOf, film, freshPhone, means, span } from './phone.mjs';
import { Dock } from './dock.mjs';
import { crc32, ZipStream } from '../../static/src/core/zip.js';
import { sha256Hex } from '../../static/src/core/hash.js';
import { appendRecord } from '../../static/src/store/journal.js';
import { queued, queueZip } from '../../static/src/store/queue_export.js';
import { sealTake } from '../../static/src/store/take_record.js';
import { sendPending } from '../../static/src/sync/send_records.js';

beforeEach(freshPhone);

/** @param {AsyncIterable<Uint8Array>} stream @returns {Promise<Buffer>} */
async function all(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Python's reader is not ours. @param {Buffer} zip @param {(folder: string) => void} look */
function unpacked(zip, look) {
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  try {
    writeFileSync(join(folder, 'queue.zip'), zip);
    const code = 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
    execFileSync('python3', ['-c', code, join(folder, 'queue.zip'), join(folder, 'out')]);
    look(join(folder, 'out'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function photo(/** @type {string} */ text) {
  const data = bufferOf(text);
  const file = { sha256: sha256Hex(new Uint8Array(data)), bytes: data.byteLength, mime: 'image/jpeg' };
  const values = { source: 'camera', line: null, take: null, at: null, about: null, also: null };
  return appendRecord({ kind: 'photo', parcel: PARCEL, slot: 'EV-12', values, file, ...at(50) }, await means(), data);
}

test('the checksum is the usual one, in pieces too', () => {
  const bytes = new TextEncoder().encode('The quick brown fox');
  assert.equal(crc32(crc32(0, bytes.subarray(0, 7)), bytes.subarray(7)), typeof right === 'function' ? right(bytes) : 0xb74574de);
});

test('what only the phone has lies in the archive, and a stranger can check it', async () => {
  const { id: arrived, text } = await arrive();
  const { id: pictured } = await photo('a picture');
  const take = await film(['one', 'two', 'three']);
  await sealTake(take, { ...span(1000, 4000), closed: 'complete' }, await means());
  const queue = await queued();
  assert.deepEqual([queue.records.length, queue.takes.length, queue.photos.length, queue.bytes], [4, 1, 1, 20]);
  unpacked(await all(queueZip(queue, { now: NOW })), (folder) => {
    assert.equal(readFileSync(join(folder, 'files', take.takeId), 'utf8'), 'onetwothree');
    assert.equal(readFileSync(join(folder, 'files', pictured), 'utf8'), 'a picture');
    assert.equal(readFileSync(join(folder, 'records', `00000001-${arrived}.txt`), 'utf8'), text);
    assert.match(readFileSync(join(folder, 'records', `00000001-${arrived}.sig`), 'utf8'), /^[\w-]{86}\n$/);
    assert.match(readFileSync(join(folder, 'queue.txt'), 'utf8'), new RegExp(`^format 1\ndevice ${DEVICE}\nsite ${SITE.id}\n`));
    assert.equal(readdirSync(join(folder, 'records')).filter((name) => name.endsWith('.chunks.txt')).length, 1);
    for (const row of readFileSync(join(folder, 'manifest-sha256.txt'), 'utf8').trim().split('\n')) {
      const [hash, name] = row.split('  ');
      assert.equal(createHash('sha256').update(readFileSync(join(folder, name))).digest('hex'), hash, name);
    }
  });
});

test('what the server has is left out; a record whose bytes it has not is in', async () => {
  new Dock();
  await arrive();
  const { id } = await photo('a picture');
  await sendPending();
  const queue = await queued();
  assert.deepEqual(queue.records.map((row) => row.id), [id]);
});

test('a film that runs is never exported cut', async () => {
  const take = await film(['one']);
  await assert.rejects(all(queueZip(await queued(), { now: NOW })), { name: 'StillFilming' });
  await take.close();
  unpacked(await all(queueZip(await queued(), { now: NOW })), (folder) => {
    assert.equal(readFileSync(join(folder, 'files', take.takeId), 'utf8'), 'one');
  });
});

test('beyond 4 GiB the directory says where things are in 64 bits', async () => {
  const zip = new ZipStream();
  for await (const piece of zip.entry('small', [new Uint8Array([1, 2, 3])])) void piece;
  zip.offset = 5 * 2 ** 30;
  for await (const piece of zip.entry('far', [new Uint8Array([4])])) void piece;
  const end = Buffer.concat([...zip.end()]);
  assert.ok(end.includes(Buffer.from([0x50, 0x4b, 0x06, 0x06])) && end.includes(Buffer.from([0x50, 0x4b, 0x06, 0x07])));
  const far = end.indexOf('far') + 3;
  assert.deepEqual([end.readUInt16LE(far), end.readBigUInt64LE(far + 4)], [1, 5n * 2n ** 30n]);
});
