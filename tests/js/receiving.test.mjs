import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vectors } from './vectors.mjs';
import { countCheck, countDiffers } from '../../static/src/core/count_check.js';
import { mayRecord, progressOf } from '../../static/src/core/receiving.js';

const { cases, may_record: mayRecordCases, count_checks: checks } = vectors('receiving');
const LINE = 'a1'.repeat(16);
const [HERE, THERE] = ['01'.repeat(16), '02'.repeat(16)];

for (const { name, facts, given, expected } of cases) {
  test(`a receipt: ${name}`, () => {
    const { steps, by, ...rest } = expected;
    // The order in which facts arrive says nothing.
    for (const order of [facts, [...facts].reverse()]) {
      const progress = progressOf(order, given);
      assert.deepEqual(Object.fromEntries(progress.steps.map((step) => [step.name, step.state])), steps);
      const { steps: _steps, ...told } = progress;
      assert.deepEqual(told, rest);
      for (const step of progress.steps.filter((one) => one.name in by)) assert.equal(step.by, by[step.name]);
    }
  });
}

test('steps come in the order of evidence', () => {
  const { steps } = progressOf([], { asked: [], siteKind: 'VN_warehouse' });
  const names = ['delivery', 'condition', 'weight', 'opening', 'count', 'sample', 'verdict'];
  assert.deepEqual(steps.map(({ name }) => name), names);
});

for (const { name, kind, values, corrects = false, refused } of mayRecordCases) {
  test(`${name}: ${kind} ${JSON.stringify(values)} ${refused ?? 'may be recorded'}`, () => {
    const { facts, given } = cases.find((/** @type {any} */ one) => one.name === name);
    assert.equal(mayRecord(kind, values, progressOf(facts, given), { corrects }), refused);
  });
}

test('the check of a count is the server\'s', () => {
  for (const { line, units, check } of checks) assert.equal(countCheck(line, units), check);
  for (const units of [-1, 0.5, 2 ** 53, NaN]) assert.throws(() => countCheck(LINE, units), RangeError);
  assert.throws(() => countCheck('x', 1), RangeError);
});

test('a count differs when it and the other parcels together are not what was ordered', () => {
  /** @type {[string, number][]} */
  const counted = [[THERE, 60]];
  const line = { id: LINE, check: countCheck(LINE, 100), counted, parcels: 2 };
  assert.equal(countDiffers(line, HERE, 40), false);
  assert.equal(countDiffers(line, HERE, 39), true);
  assert.equal(countDiffers({ ...line, counted: [...counted, [HERE, 39]] }, HERE, 40), false, 'its own earlier count is replaced');
  assert.equal(countDiffers({ ...line, parcels: 3 }, HERE, 40), null, 'another parcel is still to be counted');
  assert.equal(countDiffers({ ...line, check: null }, HERE, 39), null, 'nothing to compare with');
  assert.equal(countDiffers({ id: LINE }, HERE, 39), null, 'a server that does not say');
});
