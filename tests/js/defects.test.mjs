import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFECTS, REDRAW_REASONS, VERDICT_REASONS } from '../../static/src/core/defects.js';
import { vectors } from './vectors.mjs';

const agreed = vectors('defects');

test('the lists are the agreed ones', () => {
  assert.deepEqual([...DEFECTS].map(([code, name]) => ({ code, class: name })), agreed.defects);
  assert.deepEqual([...VERDICT_REASONS].map(([verdict, reasons]) => ({ verdict, reasons })), agreed.verdict_reasons);
  assert.deepEqual([...REDRAW_REASONS], agreed.redraw_reasons);
});
