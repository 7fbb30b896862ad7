import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, hex, sha256Hex } from '../../static/src/core/hash.js';
import {
  AQLS,
  aqlPlan,
  cartonOf,
  chimes,
  codeLetter,
  drawOrder,
  drawSeed,
  fractionPlan,
  judge,
  LARGEST_LOT,
  rank,
  readAql,
  resolve,
  sample,
  TABLE_2A,
} from '../../static/src/core/sampling.js';
import { LEVELS } from '../../static/src/core/record_kinds.js';
import { vectors } from './vectors.mjs';

const said = vectors('sampling');

/** @type {Record<string, string[] | null>} */
const FOUND = {
  '?': null,
  '.': [],
  c: ['critical'],
  m: ['major'],
  n: ['minor'],
  X: ['minor', 'critical'],
  Y: ['minor', 'major', 'minor'],
};

/** @param {any} row */
const seedOf = (row) => drawSeed(row.challenge, row.take_open, row.line, row.tranche, row.redraw);

test('fixed fraction: floor and target', () => {
  for (const row of said.fraction) {
    const { n, n_floor, n_target } = fractionPlan(row.lot);
    assert.deepEqual({ lot: row.lot, n_floor, n_target, n }, { ...row, n: row.n_target });
  }
});

test('floor and target are whole-number exact for every lot up to 20,000', () => {
  for (let lot = 1; lot <= 20_000; lot++) {
    const { n_floor, n_target } = fractionPlan(lot);
    assert.ok(n_floor * 10 >= lot && (n_floor - 1) * 10 < lot, String(lot));
    assert.ok(n_target * 20 >= 3 * lot && (n_target - 1) * 20 < 3 * lot, String(lot));
  }
});

test('code letters at both ends of each row', () => {
  for (const row of said.code_letters) {
    for (const lot of [row.from, row.to ?? LARGEST_LOT]) {
      assert.deepEqual(Object.fromEntries(LEVELS.map((level) => [level, codeLetter(lot, level)])), row.letters);
    }
  }
});

test('table 2-A is the published one', () => {
  const published = said.table_2a.map((/** @type {any} */ row) => [
    row.letter,
    row.n,
    AQLS.map((aql) => ({ '↓': 'v', '↑': '^' })[row.cells[aql]] ?? Number(row.cells[aql].split('/')[0])),
  ]);
  assert.deepEqual(TABLE_2A, published);
});

test('arrows resolved, cell by cell', () => {
  assert.equal(said.resolved.length, TABLE_2A.length * AQLS.length);
  for (const { letter, aql, plan_letter, n, ac, re } of said.resolved) {
    assert.deepEqual(resolve(letter, aql), { letter: plan_letter, n, ac, re });
  }
});

for (const row of said.examples) {
  test(`lot ${row.lot}, level ${row.level}, AQL ${row.aql}`, () => {
    const plan = aqlPlan(row.lot, row.level, { major: row.aql });
    assert.deepEqual(
      [plan.letter, plan.n, plan.n_floor, plan.below_floor, plan.every_unit],
      [row.letter, row.n, row.n_floor, row.below_floor, row.every_unit],
    );
    assert.deepEqual(plan.limits, [
      { defect_class: 'critical', aql: null, letter: row.plan_letter, n: row.n, ac: 0, re: 1 },
      { defect_class: 'major', aql: row.aql, letter: row.plan_letter, n: row.n, ac: row.ac, re: row.re },
    ]);
  });
}

for (const row of said.classes) {
  test(`classes: ${row.why}`, () => {
    const plan = aqlPlan(row.lot, row.level, row.aql);
    const limits = plan.limits.map((one) => [one.defect_class, one.aql, one.letter, one.n, one.ac, one.re]);
    assert.deepEqual([plan.letter, plan.n, limits], [row.letter, row.n, row.limits]);
  });
}

for (const { text, aql } of said.aqls) {
  test(`AQL as written: ${text}`, () => assert.equal(readAql(text), aql));
}

for (const { lot, level, aql, code } of said.refused) {
  test(`refused: lot ${lot}, level ${level}, AQL ${aql}`, () => {
    assert.throws(() => aqlPlan(lot, level, { major: aql }), new RangeError(code));
  });
}

test('what is no whole lot has no plan', () => {
  for (const lot of [0, -3, 2.5, Number.NaN, LARGEST_LOT + 1]) {
    assert.throws(() => fractionPlan(lot), new RangeError('lot_size_wrong'));
  }
  assert.throws(() => aqlPlan(100, 'II', {}), RangeError);
  assert.throws(() => resolve('I', '2.5'), RangeError);
});

for (const row of said.judgements) {
  test(`judgement: ${row.why}`, () => {
    const { plan } = row;
    const planned = plan.aql ? aqlPlan(plan.lot, plan.level, plan.aql) : fractionPlan(plan.lot);
    const answer = judge(planned, [...row.units].map((unit) => FOUND[unit]));
    assert.deepEqual(
      [answer.result, answer.inspected, answer.extra, answer.defective],
      [row.result, row.inspected, row.extra, row.defective],
    );
    assert.deepEqual(
      answer.classes.map((one) => [one.limit.defect_class, one.inspected, one.defective, one.beyond, one.result]),
      row.classes,
    );
  });
}

test('an unknown class is not a clean unit', () => {
  assert.throws(() => judge(fractionPlan(10), [['huge']]), RangeError);
});

for (const row of said.draws) {
  test(`draw of ${row.n} from ${row.lot}, line ${row.line.slice(0, 2)}, tranche ${row.tranche}, redraw ${row.redraw}`, () => {
    const seed = seedOf(row);
    assert.equal(hex(seed), row.seed);
    assert.equal(hex(rank(seed, 1)), row.first_rank);
    assert.deepEqual(drawOrder(seed, row.lot), row.order);
    assert.deepEqual(sample(seed, row.lot, row.n), row.sample);
    assert.deepEqual(sample(seed, row.lot, row.lot).filter((unit) => chimes(seed, unit)).sort((a, b) => a - b), row.chimes);
  });
}

test('a large draw', () => {
  const row = said.large_draw;
  const seed = fromHex(row.seed);
  assert.equal(sha256Hex(drawOrder(seed, row.lot).join(',')), row.order_sha256);
  assert.equal(Array.from({ length: row.lot }, (_, i) => i + 1).filter((unit) => chimes(seed, unit)).length, row.chimes);
});

test('a seed of something else is refused', () => {
  const good = said.draws[0];
  for (const wrong of [
    { challenge: 'C0'.repeat(16) },
    { line: `${good.line}\n` },
    { take_open: 'f'.repeat(63) },
    { tranche: 0 },
    { tranche: 1.5 },
    { redraw: -1 },
  ]) {
    assert.throws(() => seedOf({ ...good, ...wrong }), RangeError, JSON.stringify(wrong));
  }
});

test('no sample is larger than its lot', () => {
  for (const n of [-1, 25, 1.5]) assert.throws(() => sample(new Uint8Array(32), 24, n), RangeError);
});

test('which carton and which unit in it', () => {
  for (const { unit, packs, carton, place } of said.cartons) assert.deepEqual(cartonOf(unit, packs), { carton, place });
  for (const { unit, packs } of said.no_such_unit) assert.throws(() => cartonOf(unit, packs), RangeError);
});
