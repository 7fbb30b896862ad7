/** SKU labels as this phone knows them: marks, most of them decoys (webapp/domain/sku_marks.py, tests/vectors). Pure. */
import { sha256Hex } from './hash.js';

const MARK = 8;

/** @param {string} site id @param {string} code of a label @returns {string} 8 hex characters */
export function skuMark(site, code) {
  return sha256Hex(`dockproof-sku-1\n${site}\n${code}\n`).slice(0, MARK);
}

/** @param {string} marks side by side @returns {string[]} */
export function marksOf(marks) {
  return marks.match(/.{8}/g) ?? [];
}

/** @param {string | undefined} marks side by side @param {string} mark @returns {boolean} */
export function holdsMark(marks = '', mark) {
  for (let at = marks.indexOf(mark); at >= 0; at = marks.indexOf(mark, at + 1)) {
    // Across two marks that stand side by side it is none.
    if (at % MARK === 0) return true;
  }
  return false;
}
