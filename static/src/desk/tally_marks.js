/** What a take's events say at a moment of its film. Pure: times in milliseconds from the take's start. */

/** @typedef {{ms: number, kind: string, line: string, total: number | null}} Mark total is null for an interruption */

/** How long before a count its jump lands, so that the hand is seen reaching for the unit. */
export const LEAD_MS = 1000;

/** Two counts closer than this are one stop for "previous" and "next". */
const SAME_MS = 50;

/**
 * The running total that stands at a moment.
 * @param {readonly Mark[]} marks in time
 * @param {number} ms
 * @returns {number}
 */
export function totalAt(marks, ms) {
  let total = 0;
  for (const mark of marks) {
    if (mark.ms > ms) break;
    if (mark.total !== null) total = mark.total;
  }
  return total;
}

/**
 * The marks of one line and every interruption; all marks without a line.
 * @param {readonly Mark[]} marks
 * @param {string} line
 * @returns {Mark[]}
 */
export function ofLine(marks, line) {
  return marks.filter((mark) => !line || mark.total === null || mark.line === line);
}

/**
 * The mark before or after the one that the film stands at.
 * @param {readonly Mark[]} marks in time
 * @param {number} ms where the film stands; a jump landed LEAD_MS before its mark
 * @param {1 | -1} step
 * @returns {Mark | undefined}
 */
export function neighbour(marks, ms, step) {
  const at = ms + LEAD_MS;
  if (step > 0) return marks.find((mark) => mark.ms > at + SAME_MS);
  return marks.filter((mark) => mark.ms < at - SAME_MS).at(-1);
}

/** @param {number} ms @returns {string} `m:ss` */
export function clockText(ms) {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * @param {string} sentence with {name}s
 * @param {Record<string, string | number>} values
 */
export function fillWords(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
