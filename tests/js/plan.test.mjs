import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asks, BUILT_IN, deepestPlan, leftOut, STEPS } from '../../static/src/core/plan.js';

/** @param {number} steps */
const plan = (steps, by = 'Chi') => ({
  depth: String(steps),
  asked: STEPS.slice(0, steps),
  decided_by: by,
  decided_at: '2026-11-20T02:00:00.000Z',
});

test('a parcel is received as deep as any of its orders asks', () => {
  assert.equal(deepestPlan([plan(1), plan(5), plan(3)]).asked.length, 5);
  assert.equal(deepestPlan([plan(1), undefined]), BUILT_IN);
  assert.equal(deepestPlan([plan(5), undefined]).asked.length, 5);
  assert.equal(deepestPlan([]), BUILT_IN);
});

test('what a named person left out is not asked; the built-in depth is nobody\'s waiver', () => {
  assert.deepEqual(leftOut(plan(1)), ['condition', 'weight', 'count', 'sample']);
  assert.deepEqual(leftOut(plan(5)), []);
  assert.deepEqual(leftOut(BUILT_IN), []);
});

test('without a decision the goods are counted', () => {
  assert.ok(asks(BUILT_IN, 'count'));
  assert.ok(!asks(BUILT_IN, 'sample'));
  assert.ok(!asks(plan(3), 'count'));
});
