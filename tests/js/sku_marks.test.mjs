import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOfCode } from '../../static/src/core/line_codes.js';
import { holdsMark, marksOf, skuMark } from '../../static/src/core/sku_marks.js';
import { vectors } from './vectors.mjs';

const { marks } = vectors('sku_marks');
const [SITE, OTHER] = [marks[0].site, marks.at(-1).site];

test('a mark is of its site', () => {
  for (const { site, code, mark } of marks) assert.equal(skuMark(site, code), mark);
});

test('a mark is found where it stands whole', () => {
  assert.equal(holdsMark('0123456789abcdef', '89abcdef'), true);
  assert.equal(holdsMark('0123456789abcdef', '456789ab'), false, 'across two marks');
  assert.equal(holdsMark('f0000000ff000000f0000000', 'f0000000'), true);
  assert.equal(holdsMark('', '89abcdef'), false);
  assert.equal(holdsMark(undefined, '89abcdef'), false);
  assert.deepEqual(marksOf('0123456789abcdef'), ['01234567', '89abcdef']);
});

test('a label on the goods counts its line by its mark, as by its code', () => {
  const [black, white] = vectors('labels').printed.map((/** @type {any} */ { code }) => code);
  const lines = [
    { id: 'black', sku_id: null, codes: [], marks: skuMark(SITE, black) },
    { id: 'white', sku_id: null, codes: [], marks: skuMark(SITE, white) },
  ];
  assert.equal(lineOfCode(`https://dock.example/L/${black}`, lines, SITE), 'black');
  assert.equal(lineOfCode(black, lines, OTHER), null, 'of another warehouse');
  assert.equal(lineOfCode(black, lines.slice(1), SITE), null);
  assert.equal(lineOfCode(black, [{ id: 'old', codes: [black] }], SITE), 'old', 'a server that knows no marks');
});
