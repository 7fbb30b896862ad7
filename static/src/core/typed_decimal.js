/** A decimal number as a thumb types it, read exactly; the same as webapp/domain/typed_decimal.py. Pure. */

// A comma is a decimal comma, so 1,234 is less than two: no scale or ruler groups thousands.
const NUMBER = /^0*([0-9]*?)(?:[.,]([0-9]+))?$/;
const MOST_WHOLE_DIGITS = 7;
const LONGEST = 40;
const EDGES = /^[ \t\u00a0\u200b\u3000\ufeff]+|[ \t\u00a0\u200b\u3000\ufeff]+$/g;
// What a Chinese input method types. Not NFKC: that reads 5² as 52.
const FULL_WIDTH = /[\uff10-\uff19\uff0e\uff0c]/g;

/**
 * `scaled` is the number times ten to the power of the places that were asked for; `shown` is what was typed, with a
 * dot, without leading zeros, with its own decimals (`12.50`).
 * @typedef {'number_unreadable' | 'number_too_precise' | 'number_too_large'} NumberProblem
 * @typedef {{scaled: number, shown: string, problem: null} | {scaled: null, shown: null, problem: NumberProblem}} DecimalReading
 */

/**
 * Not negative, at most `places` decimals (also zeros), at most seven digits before them.
 * @param {string} text
 * @param {number} places
 * @returns {DecimalReading}
 */
export function readDecimal(text, places) {
  const typed = text
    .replace(EDGES, '')
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3002', '.');
  const match = typed.length <= LONGEST && /[0-9]/.test(typed) ? NUMBER.exec(typed) : null;
  if (!match) return no('number_unreadable');
  const whole = match[1] || '0';
  const decimals = match[2] ?? '';
  if (whole.length > MOST_WHOLE_DIGITS) return no('number_too_large');
  if (decimals.length > places) return no('number_too_precise');
  const shown = decimals ? `${whole}.${decimals}` : whole;
  return { scaled: Number(whole + decimals.padEnd(places, '0')), shown, problem: null };
}

/** @param {NumberProblem} problem @returns {DecimalReading} */
function no(problem) {
  return { scaled: null, shown: null, problem };
}
