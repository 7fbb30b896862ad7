import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviation, readQuantity } from '../../static/src/core/measurement.js';
import { readDecimal } from '../../static/src/core/typed_decimal.js';
import { readWeight } from '../../static/src/core/weighing.js';
import { vectors } from './vectors.mjs';

const measured = vectors('measurement');

for (const { text, places, scaled, shown, problem } of measured.decimals) {
  test(`typed: ${JSON.stringify(text.slice(0, 20))} with ${places} places`, () => {
    assert.deepEqual(readDecimal(text, places), { scaled, shown, problem });
  });
}

/** @param {any} row */
function compare(row) {
  const sides = [readQuantity(row.listed, row.listed_unit), readQuantity(row.measured, row.measured_unit)];
  const bad = sides.find((side) => side.problem !== null);
  if (bad) throw new RangeError(String(bad.problem));
  const [listed, found] = sides.map(({ quantity }) => /** @type {NonNullable<typeof quantity>} */ (quantity));
  return deviation(listed, found);
}

for (const row of measured.deviations) {
  test(`listed ${row.listed} ${row.listed_unit}, measured ${row.measured} ${row.measured_unit}`, () => {
    assert.deepEqual(compare(row), { qualifies: row.qualifies, sign: row.sign, percent: row.percent });
  });
}

for (const row of measured.refused) {
  test(`refused: ${row.listed} ${row.listed_unit} against ${row.measured} ${row.measured_unit}`, () => {
    assert.throws(() => compare(row), new RangeError(row.code));
  });
}

test('a unit that is unknown is refused also by the comparison itself', () => {
  assert.throws(() => deviation({ milli: 1, unit: 'ft' }, { milli: 1, unit: 'mm' }), new RangeError('unit_unknown'));
});

for (const { text, unit, grams, shown, rounded, asks, problem } of vectors('weighing').weights) {
  test(`weight ${text} ${unit}`, () => {
    assert.deepEqual(
      readWeight(text, unit),
      problem ? { grams: null, problem } : { grams, shown, rounded, asks, problem: null },
    );
  });
}
