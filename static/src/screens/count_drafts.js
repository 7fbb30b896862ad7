/** The drafts of the records that open a count. The journal adds who, where, sequence and signature. Pure. */

/** The evidence slot of a filmed count: a continuous count of all units (S0-34). */
export const COUNT_SLOT = 'EV-18';

/**
 * @typedef {object} ParcelRefs
 * @property {string} parcel id
 * @property {string[]} orders ids of the parcel's orders
 * @property {string | null} label the code that stands for the parcel
 * @property {string[]} lines order line ids, in the parcel's line order
 */

/** @typedef {{ mono: { start: number, stop: number }, wall: { start: number, stop: number, tz: number } }} Times */

/**
 * An instant as a record's span.
 * @param {{ mono: number, wall: number, tz: number }} at milliseconds of the page session, epoch milliseconds, minutes east
 * @returns {Times}
 */
export function instant({ mono, wall, tz }) {
  return { mono: { start: mono, stop: mono }, wall: { start: wall, stop: wall, tz } };
}

/** A parcel may hold several orders; a record names an order only where there is no doubt. @param {ParcelRefs} refs */
function subject({ parcel, orders, label }) {
  return { order: orders.length === 1 ? orders[0] ?? null : null, parcel, label };
}

/**
 * The parcel is here: the fact that starts its clocks.
 * @param {ParcelRefs} refs
 * @param {Times} times
 */
export function arrivalDraft(refs, times) {
  return { kind: /** @type {const} */ ('arrival'), ...subject(refs), ...times };
}

/**
 * The shutter opens; the id that this record gets is the take's id.
 * @param {ParcelRefs} refs
 * @param {Times} times
 * @param {string | null} challenge id
 */
export function takeOpenDraft(refs, times, challenge) {
  return { kind: /** @type {const} */ ('take-open'), slot: COUNT_SLOT, challenge, ...subject(refs), ...times };
}
