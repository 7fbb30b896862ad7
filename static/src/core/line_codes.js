/** Which order line a code on the goods stands for: an SKU label of ours, or the platform's SKU number. Pure. */
import { parseLabel } from './label.js';

/**
 * @param {string} text as a scanner read it
 * @param {readonly {id: string, sku_id?: string | null, codes?: readonly string[]}[]} lines `codes`: SKU labels' codes
 * @returns {string | null} the line's id; null: none of these lines, or more than one
 */
export function lineOfCode(text, lines) {
  const { code } = parseLabel(text);
  const plain = text.trim();
  const found = lines.filter(
    (line) => (code && line.codes?.includes(code)) || (line.sku_id !== undefined && line.sku_id !== null && line.sku_id === plain),
  );
  return found.length === 1 ? found[0].id : null;
}
