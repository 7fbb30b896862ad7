import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicesOf, stillWanted } from '../../static/src/core/wanted.js';

const LINE = 'a1'.repeat(16);
const OTHER = 'b2'.repeat(16);
const box = { slot: 'EV-24', line: null, claim: 7 };
const style = { slot: 'EV-11', line: LINE, claim: 8 };

/** @param {string} kind @param {string} slot @param {Partial<import('../../static/src/core/receiving.js').Fact>} more */
function fact(kind, slot, more = {}) {
  return { id: '01'.repeat(16), kind, slot, also: [], values: {}, at: 1, worker: 'An', gone: false, ...more };
}

test('what nobody has shown is still wanted, in the order asked', () => {
  assert.deepEqual(stillWanted([box, style], []), [box, style]);
  assert.deepEqual(stillWanted([], [fact('photo', 'EV-24')]), []);
});

test('a photo or a film fills its slot and those beside it', () => {
  assert.deepEqual(stillWanted([box, style], [fact('photo', 'EV-24')]), [style]);
  assert.deepEqual(stillWanted([box], [fact('photo', 'EV-17', { also: ['EV-24'] })]), []);
  assert.deepEqual(stillWanted([{ ...box, slot: 'EV-06' }], [fact('take', 'EV-06')]), []);
  assert.deepEqual(stillWanted([box], [fact('weighing', 'EV-24')]), [box], 'a word is no picture');
  assert.deepEqual(stillWanted([box], [fact('photo', 'EV-24', { gone: true })]), [box], 'a withdrawn photo shows nothing');
});

test('any one of a choice of slots fills it; an older server names no choice', () => {
  const either = { slot: 'EV-06', line: null, claim: 9, others: ['EV-09'] };
  assert.deepEqual(choicesOf(either), ['EV-06', 'EV-09']);
  assert.deepEqual(choicesOf(box), ['EV-24']);
  assert.deepEqual(stillWanted([either], [fact('photo', 'EV-09')]), []);
  assert.deepEqual(stillWanted([either], [fact('take', 'EV-06')]), []);
  assert.deepEqual(stillWanted([either], [fact('photo', 'EV-11')]), [either]);
});

test('a picture of other goods fills nothing; one of the whole parcel does', () => {
  assert.deepEqual(stillWanted([style], [fact('photo', 'EV-11', { values: { line: OTHER } })]), [style]);
  assert.deepEqual(stillWanted([style], [fact('photo', 'EV-11', { values: { line: LINE } })]), []);
  assert.deepEqual(stillWanted([style], [fact('photo', 'EV-11')]), []);
});
