/**
 * Listed against measured: the 5 % rule of 1688 (S0-27), exact; the same as webapp/domain/measurement.py
 * (tests/vectors/measurement.json stands behind both). Pure.
 */
import { readDecimal } from './typed_decimal.js';

/** @typedef {import('./typed_decimal.js').NumberProblem} NumberProblem */
/** @typedef {{milli: number, unit: string}} Quantity thousandths of the unit */

/**
 * `qualifies`: at least 5 % off, by the exact values. `sign`: 1 measured more than listed, -1 less, 0 equal.
 * `percent`: how far off, one decimal, half up, without sign; `<5.0` where rounding alone would say 5.0.
 * @typedef {{qualifies: boolean, sign: number, percent: string}} Deviation
 */

/**
 * One thousandth of each unit in the kind's smallest whole step: 0.1 µm (an inch is 25.4 mm exactly), 1 mg.
 * @type {ReadonlyMap<string, readonly ['length' | 'mass', bigint]>}
 */
const STEPS = new Map([
  ['mm', ['length', 10n]],
  ['cm', ['length', 100n]],
  ['m', ['length', 10_000n]],
  ['in', ['length', 254n]],
  ['g', ['mass', 1n]],
  ['kg', ['mass', 1_000n]],
]);
export const UNITS = Object.freeze([...STEPS.keys()]);

export const PLACES = 3;
const PERCENT_OF_THE_RULE = 5n;

/**
 * A value as typed, at most three decimals.
 * @param {string} text
 * @param {string} unit
 * @returns {{quantity: Quantity, problem: null} | {quantity: null, problem: NumberProblem | 'unit_unknown'}}
 */
export function readQuantity(text, unit) {
  if (!STEPS.has(unit)) return { quantity: null, problem: 'unit_unknown' };
  const read = readDecimal(text, PLACES);
  if (read.problem !== null) return { quantity: null, problem: read.problem };
  return { quantity: { milli: read.scaled, unit }, problem: null };
}

/**
 * `|measured - listed| / listed`, in any units of one kind.
 * @param {Quantity} listed
 * @param {Quantity} measured
 * @returns {Deviation}
 * @throws {RangeError} listed_not_positive, measurement_units_differ (a length against a weight), unit_unknown
 */
export function deviation(listed, measured) {
  const [kind, listedStep] = stepOf(listed.unit);
  const [measuredKind, measuredStep] = stepOf(measured.unit);
  if (kind !== measuredKind) throw new RangeError('measurement_units_differ');
  if (listed.milli <= 0) throw new RangeError('listed_not_positive');
  const whole = BigInt(listed.milli) * listedStep;
  const signed = BigInt(measured.milli) * measuredStep - whole;
  const off = signed < 0n ? -signed : signed;
  const qualifies = off * 100n >= PERCENT_OF_THE_RULE * whole;
  const perMille = (2_000n * off + whole) / (2n * whole);
  const under = !qualifies && perMille >= PERCENT_OF_THE_RULE * 10n ? '<' : '';
  return { qualifies, sign: signed > 0n ? 1 : signed < 0n ? -1 : 0, percent: `${under}${perMille / 10n}.${perMille % 10n}` };
}

/** @param {string} unit */
function stepOf(unit) {
  const known = STEPS.get(unit);
  if (!known) throw new RangeError('unit_unknown');
  return known;
}
