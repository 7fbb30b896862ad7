/** The blind count's check: the phone can tell that a count differs without ever holding the ordered quantity. Pure. */
import { sha256Hex } from './hash.js';
import { isId } from './ids.js';

/**
 * Twin of webapp/domain/count_check.py. It hides the quantity from a person at the table, not from somebody who computes.
 * @param {string} lineId
 * @param {number} units whole, from 0
 * @returns {string} 16 hex characters
 * @throws {RangeError}
 */
export function countCheck(lineId, units) {
  if (!isId(lineId) || !Number.isSafeInteger(units) || units < 0) throw new RangeError(`no count of a line: ${lineId} ${units}`);
  return sha256Hex(`dockproof-check-1\n${lineId}\n${units}\n`).slice(0, 16);
}

/**
 * Whether a count differs from what was ordered.
 * @param {{id: string, check?: string | null, counted?: readonly (readonly [string, number])[], parcels?: number}} line as in
 *   the snapshot: while another of the order's `parcels` is not counted, nothing can be said
 * @param {string} parcelId the parcel being counted: its own earlier count is replaced, not added
 * @param {number} units of this take
 * @returns {boolean | null} null: cannot be said
 */
export function countDiffers({ id, check, counted = [], parcels = 1 }, parcelId, units) {
  const others = counted.filter(([parcel]) => parcel !== parcelId);
  if (!check || others.length !== parcels - 1) return null;
  return countCheck(id, others.reduce((sum, [, n]) => sum + n, units)) !== check;
}
