/**
 * The phone's clocks, each told apart: `mono` stops while a phone sleeps and restarts with the page, `wall` is what the
 * phone believes. Deadlines are computed from neither; records commit both so that a disagreement can be found.
 */

/** Milliseconds since this page session began, whole, never going back. @returns {number} */
export function mono() {
  return Math.round(performance.now());
}

/** The device's own epoch milliseconds. @returns {number} */
export function wall() {
  return Date.now();
}

/**
 * Minutes east of UTC at an instant by the device's own zone (`getTimezoneOffset` counts west).
 * @param {number} [ms] epoch milliseconds
 * @returns {number}
 */
export function tzMinutesEast(ms = wall()) {
  return -new Date(ms).getTimezoneOffset();
}

const boot = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, '0')).join('');

/** 16 hex characters naming this page session, in which `mono` counts. @returns {string} */
export function bootId() {
  return boot;
}
