/** Goods that were not counted one by one: by unopened packs, or by scale. Neither is ever a unit count. Pure. */

/** @typedef {{method: 'pack' | 'weight', units: number, packs: number | null, grams: number | null}} Estimate */

const MOST = 10_000_000;

/**
 * @param {string} text as typed
 * @returns {number | null} a whole number from 1; null: not one
 */
export function wholeNumber(text) {
  const digits = text.trim().normalize('NFKC');
  if (!/^[0-9]{1,8}$/.test(digits)) return null;
  const number = Number(digits);
  return number >= 1 && number <= MOST ? number : null;
}

/**
 * @param {number} packs unopened ones
 * @param {number} size units that each should hold
 * @returns {Estimate | null} null: more than anybody receives
 */
export function byPack(packs, size) {
  const units = packs * size;
  return units <= MOST ? { method: 'pack', units, packs, grams: null } : null;
}

/**
 * @param {number} grams of the goods alone
 * @param {number} unitWeightMg milligrams of one unit
 * @returns {Estimate | null} units rounded to the nearest; null: less than one unit, or more than anybody receives
 */
export function byWeight(grams, unitWeightMg) {
  const units = Math.floor((2000 * grams + unitWeightMg) / (2 * unitWeightMg));
  return units >= 1 && units <= MOST ? { method: 'weight', units, packs: null, grams } : null;
}
