import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkLine, chunksText, merkleRoot, parseChunks } from '../../static/src/core/chunks.js';
import { eventsText, parseEvents, tallyEvent, tallyFold, undoEvent } from '../../static/src/core/events.js';
import { sha256Hex } from '../../static/src/core/hash.js';
import { parseRecord, recordHash, recordText } from '../../static/src/core/record.js';
import { vectors } from './vectors.mjs';

const RECORDS = vectors('records');
const CHUNKS = vectors('chunks');
const EVENTS = vectors('events');

for (const { name, fields, text, sha256 } of RECORDS.records) {
  test(`record: ${name}`, () => {
    assert.equal(recordText(fields), text);
    assert.equal(recordHash(text), `sha256:${sha256}`);
    assert.equal(recordText(parseRecord(text)), text);
  });
}
for (const { name, text } of RECORDS.refused_text) {
  test(`record refused: ${name}`, () => {
    assert.throws(() => parseRecord(text), { code: 'record_malformed' });
  });
}
for (const { name, fields } of RECORDS.refused_fields) {
  test(`record not written: ${name}`, () => {
    assert.throws(() => recordText(fields), { code: 'record_malformed' });
  });
}

for (const take of CHUNKS.takes) {
  test(`chunks: ${take.name}`, () => {
    assert.deepEqual(take.slices.map(sha256Hex), take.chunks.map((/** @type {any} */ c) => c.sha256));
    assert.equal(chunksText(take.chunks), take.text);
    assert.equal(merkleRoot(take.chunks.map(chunkLine)), take.root);
    assert.equal(sha256Hex(take.slices.join('')), take.file_sha256);
    assert.deepEqual(parseChunks(take.text), take.chunks);
  });
}
for (const { leaves_hex, root } of CHUNKS.trees) {
  test(`RFC 6962 root over ${leaves_hex.length} leaves`, () => {
    assert.equal(merkleRoot(leaves_hex.map((/** @type {string} */ leaf) => Buffer.from(leaf, 'hex'))), root);
  });
}
for (const { name, text } of CHUNKS.refused_text) {
  test(`chunks refused: ${name}`, () => {
    assert.throws(() => parseChunks(text), RangeError);
  });
}

for (const take of EVENTS.takes) {
  test(`events: ${take.name}`, () => {
    assert.equal(eventsText(take.events), take.text);
    assert.equal(sha256Hex(take.text), take.sha256);
    assert.deepEqual(parseEvents(take.text), take.events);
    const { perLine, total } = tallyFold(take.events);
    assert.deepEqual(Object.fromEntries(perLine), take.per_line);
    assert.equal(total, take.total);
  });
}
for (const { name, text } of EVENTS.refused_text) {
  test(`events refused: ${name}`, () => {
    assert.throws(() => parseEvents(text), RangeError);
  });
}

test('a tap and its undo are what the fold accepts', () => {
  const [a, b] = ['a1'.repeat(16), 'b2'.repeat(16)];
  /** @type {import('../../static/src/core/events.js').TakeEvent[]} */
  const list = [];
  list.push(tallyEvent(list, 10, a, 10));
  list.push(tallyEvent(list, 20, b, 1));
  const ofA = undoEvent(list, 30, a);
  assert.deepEqual(ofA, { ms: 30, type: 'undo', line: a, n: 10, total: 1 });
  if (ofA) list.push(ofA);
  const last = undoEvent(list, 40);
  assert.deepEqual(last, { ms: 40, type: 'undo', line: b, n: 1, total: 0 });
  if (last) list.push(last);
  assert.equal(undoEvent(list, 50), null);
  assert.equal(tallyFold(list).total, 0);
});
