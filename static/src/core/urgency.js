/**
 * Which parcels press: the receiver's own limit is near or past. Twin of webapp/domain/urgency.py; both read
 * tests/vectors/urgency.json. Pure.
 */
import { receiptLimits } from './deadlines.js';

/** Less than this is left of the receiver's own 24 hours: urgent. */
export const RECEIVERS_URGENT_HOURS = 4;
const HOUR = 3_600_000;

/**
 * @param {string | null | undefined} told R-10's act-by as the server reckons it
 * @param {number} receivedMs epoch milliseconds, server's clock
 * @returns {number} epoch milliseconds; untold: R-10's target, 24 h after the receipt
 */
export function actByOf(told, receivedMs) {
  const at = told ? Date.parse(told) : NaN;
  return Number.isNaN(at) ? receiptLimits(receivedMs)[0] ?? receivedMs : at;
}

/** @param {number} actByMs @param {number} now both epoch milliseconds by the server's clock */
export function isUrgent(actByMs, now) {
  return actByMs - now < RECEIVERS_URGENT_HOURS * HOUR;
}
