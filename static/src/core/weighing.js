/**
 * A weight as the scale shows it, in whole grams; the same as webapp/domain/weighing.py (tests/vectors/weighing.json
 * stands behind both). Exact: only tenths of a gram, or half grams as thousandths of a jin (斤, 500 g), are rounded,
 * half up, and `rounded` says so. Pure.
 */
import { readDecimal } from './typed_decimal.js';

/**
 * Decimals that a scale may show, and what the last of them is worth in tenths of a gram.
 * @type {ReadonlyMap<string, readonly [number, number]>}
 */
const SCALES = new Map([
  ['kg', [3, 10]],
  ['jin', [3, 5]],
  ['g', [1, 1]],
]);
export const UNITS = Object.freeze([...SCALES.keys()]);

/** Five tonnes: above it people are asked whether the unit is right. */
export const LIKELY_G = 5_000_000;
/** More than a container carries. */
export const HEAVIEST_G = 30_000_000;

/**
 * `shown` is the reading as typed, with a dot; `asks` is the code of a question to put before the weight is kept.
 * @typedef {import('./typed_decimal.js').NumberProblem | 'unit_unknown' | 'weight_zero' | 'weight_too_small'
 *   | 'weight_too_large'} WeightProblem
 * @typedef {{grams: number, shown: string, rounded: boolean, asks: 'weight_unlikely' | null, problem: null}
 *   | {grams: null, problem: WeightProblem}} WeightReading
 */

/**
 * @param {string} text
 * @param {string} unit kg, jin or g
 * @returns {WeightReading}
 */
export function readWeight(text, unit) {
  const scale = SCALES.get(unit);
  if (!scale) return { grams: null, problem: 'unit_unknown' };
  const [places, worth] = scale;
  const reading = readDecimal(text, places);
  if (reading.problem !== null) return { grams: null, problem: reading.problem };
  const tenths = reading.scaled * worth;
  if (tenths === 0) return { grams: null, problem: 'weight_zero' };
  if (tenths < 10) return { grams: null, problem: 'weight_too_small' };
  if (tenths > HEAVIEST_G * 10) return { grams: null, problem: 'weight_too_large' };
  return {
    grams: Math.floor((tenths + 5) / 10),
    shown: reading.shown,
    rounded: tenths % 10 !== 0,
    asks: tenths > LIKELY_G * 10 ? 'weight_unlikely' : null,
    problem: null,
  };
}
