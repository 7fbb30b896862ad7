/**
 * Label codes on the phone; the same as webapp/domain/labels.py (tests/vectors/labels.json stands behind both).
 */

/** Crockford base 32: no I, L, O, U. */
export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const CODE_LENGTH = 10;
const FIELD_POLYNOMIAL = 0b100101; // x^5 + x^2 + 1, primitive over GF(2)
const MAX_TEXT = 2_000;

// Spaces, hyphens and dashes a person or an input method puts into a code, and the invisible ones a chat adds.
const SEPARATORS =
  /[ \t\r\n\v\f\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\-\u2010-\u2015\u2212\uff0d]/gu;
const EDGES =
  /^[ \t\r\n\v\f\u00a0\u200b\u2060\u3000\ufeff]+|[ \t\r\n\v\f\u00a0\u200b\u2060\u3000\ufeff]+$/gu;
const LABEL_URL = /^[^?#]*\/[Ll]\/([^/?#]+)\/?(?:[?#].*)?$/su;
const DIGITS_ONLY = /^[0-9]*$/u;

/** @type {ReadonlyMap<string, string>} */
const FOLD = folding();

/**
 * What a scanned or typed text says: a code, or why it is none. `not_a_label`: it has not the form of a label code
 * (it may be a waybill). `check_character`: it has the form, but was misread or mistyped.
 * @typedef {{ code: string, problem: null }
 *   | { code: null, problem: "not_a_label" | "check_character" }} LabelReading
 */

/** @returns {Map<string, string>} */
function folding() {
  /** @type {Map<string, string>} */
  const fold = new Map([...ALPHABET].map((character) => [character, character]));
  for (const [read, meant] of [["O", "0"], ["I", "1"], ["L", "1"]]) fold.set(read, meant);
  for (const [read, meant] of [...fold]) fold.set(read.toLowerCase(), meant);
  // A Chinese input method types full-width characters (U+FF01..U+FF5E mirror ASCII).
  for (const [read, meant] of [...fold]) fold.set(String.fromCharCode(read.charCodeAt(0) + 0xfee0), meant);
  return fold;
}

/**
 * The tenth character for nine characters of the alphabet: `sum(a^(i+1) * v_i)` over GF(32).
 * It catches every single wrong character and every swap of two different characters.
 * @param {string} nine
 * @returns {string}
 * @throws {RangeError} when `nine` is not nine characters of the alphabet
 */
export function checkCharacter(nine) {
  const values = [...nine].map((character) => ALPHABET.indexOf(character));
  if (values.length !== CODE_LENGTH - 1 || values.includes(-1)) {
    throw new RangeError(`not nine characters of the label alphabet: ${nine}`);
  }
  return ALPHABET.charAt(values.reduceRight((total, value) => timesA(total ^ value), 0));
}

/**
 * @param {number} element
 * @returns {number}
 */
function timesA(element) {
  const doubled = element << 1;
  return doubled & 0b100000 ? doubled ^ FIELD_POLYNOMIAL : doubled;
}

/**
 * Read a label from a scan (`…/L/CODE` of any host, or the bare code) or from the keyboard.
 * @param {string} text
 * @returns {LabelReading}
 */
export function parseLabel(text) {
  // Code points, as the server counts them.
  if (text.length > MAX_TEXT && [...text].length > MAX_TEXT) return { code: null, problem: "not_a_label" };
  const trimmed = text.replace(EDGES, "");
  const typed = (LABEL_URL.exec(trimmed)?.[1] ?? trimmed).replace(SEPARATORS, "");
  let code = "";
  for (const character of typed) {
    const meant = FOLD.get(character);
    if (meant === undefined) return { code: null, problem: "not_a_label" };
    code += meant;
  }
  const nine = code.slice(0, -1);
  if (code.length !== CODE_LENGTH || DIGITS_ONLY.test(nine)) return { code: null, problem: "not_a_label" };
  if (checkCharacter(nine) !== code.at(-1)) return { code: null, problem: "check_character" };
  return { code, problem: null };
}

/**
 * The code as people read it aloud: two groups of five.
 * @param {string} code
 * @returns {string}
 */
export function printedCode(code) {
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
