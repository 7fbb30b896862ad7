/** Which order line a code on the goods stands for: an SKU label of ours, or the platform's SKU number. Pure. */
import { parseLabel } from './label.js';
import { holdsMark, skuMark } from './sku_marks.js';

/**
 * @param {string} text as a scanner read it
 * @param {readonly {id: string, sku_id?: string | null, codes?: readonly string[], marks?: string}[]} lines `marks` of their
 *   SKU labels; `codes` from a server that knows no marks
 * @param {string} site id
 * @returns {string | null} the line's id; null: none of these lines, or more than one
 */
export function lineOfCode(text, lines, site) {
  const { code } = parseLabel(text);
  const mark = code && skuMark(site, code);
  const plain = text.trim();
  const found = lines.filter(
    (line) =>
      (code && line.codes?.includes(code)) ||
      (mark && holdsMark(line.marks, mark)) ||
      (line.sku_id !== undefined && line.sku_id !== null && line.sku_id === plain),
  );
  return found.length === 1 ? found[0].id : null;
}
