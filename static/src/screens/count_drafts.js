/** The drafts of the records of a count. The journal adds who, where, sequence and signature. Pure. */

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

/**
 * A parcel may hold several orders; a record names an order only where there is no doubt.
 * @param {{ parcel: string | null, orders: readonly string[], label: string | null }} refs
 */
export function subject({ parcel, orders, label }) {
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
 * @param {string} [slot] what the film shows
 */
export function takeOpenDraft(refs, times, challenge, slot = COUNT_SLOT) {
  return { kind: /** @type {const} */ ('take-open'), slot, challenge, ...subject(refs), ...times };
}

/**
 * The parcel is cut open; what must precede it is late from now on.
 * @param {ParcelRefs} refs
 * @param {Times} times
 * @param {{ take: string, at: number }} where in the film, milliseconds
 */
export function openingDraft(refs, times, { take, at }) {
  return { kind: /** @type {const} */ ('opening'), ...subject(refs), ...times, values: { take, at: String(at) } };
}

/**
 * Units by unopened packs or by scale: never a unit count.
 * @param {ParcelRefs} refs
 * @param {Times} times
 * @param {import('../core/estimates.js').Estimate & { line: string, take: string }} what
 */
export function estimateDraft(refs, times, { line, take, method, units, packs, grams }) {
  const number = (/** @type {number | null} */ n) => (n === null ? null : String(n));
  const values = { line, method, units: String(units), packs: number(packs), grams: number(grams), take };
  return { kind: /** @type {const} */ ('estimate'), ...subject(refs), ...times, values };
}

/**
 * Takes a record of this phone back; both stay.
 * @param {ParcelRefs} refs
 * @param {Times} times
 * @param {string} record id
 */
export function withdrawalDraft(refs, times, record) {
  const values = { reason: 'mistyped' };
  return { kind: /** @type {const} */ ('withdrawal'), ...subject(refs), ...times, supersedes: record, values };
}

/**
 * A take goes on with the count of an unfinished one.
 * @param {ParcelRefs} refs
 * @param {Times} times
 * @param {{ of: string, next: string }} takes their take-open records
 */
export function segmentDraft(refs, times, { of, next }) {
  return { kind: /** @type {const} */ ('segment'), ...subject(refs), ...times, values: { of, next } };
}
