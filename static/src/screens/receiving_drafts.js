/** The drafts of the records of receiving a closed parcel. The journal adds who, where, sequence and signature. Pure. */

import { carriedSpelling } from '../core/sticker.js';
import { subject } from './count_drafts.js';

/** @typedef {import('./count_drafts.js').Times} Times */
/** @typedef {{ parcel: string, orders: readonly string[], label: string | null }} Refs */

/** What a record names when nobody knows the parcel, or when it is about several. */
export const NO_PARCEL = Object.freeze({ parcel: null, orders: Object.freeze([]), label: null });

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ outer: string, tape: string }} values
 * @param {string | null} [supersedes] the record that this one corrects
 */
export function conditionDraft(refs, times, { outer, tape }, supersedes = null) {
  return { kind: /** @type {const} */ ('condition'), ...subject(refs), ...times, values: { outer, tape }, supersedes };
}

/**
 * The closed parcel on the scale, as it shows it.
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ grams: number, shown: string, unit: string }} reading
 * @param {string | null} [supersedes]
 */
export function weighingDraft(refs, times, { grams, shown, unit }, supersedes = null) {
  const values = { grams: String(grams), shown, unit, target: 'parcel', opened: 'no' };
  return { kind: /** @type {const} */ ('weighing'), ...subject(refs), ...times, values, supersedes };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ courier: 'present' | 'absent', outcome: string, reason: string | null }} values
 */
export function deliveryDraft(refs, times, { courier, outcome, reason }) {
  return { kind: /** @type {const} */ ('delivery'), ...subject(refs), ...times, values: { courier, outcome, reason } };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ step: string, reason: string }} values
 */
export function skipDraft(refs, times, { step, reason }) {
  return { kind: /** @type {const} */ ('skip'), ...subject(refs), ...times, values: { step, reason } };
}

/**
 * One gate-in against the number on the courier's slip (EV-23).
 * @param {Times} times
 * @param {{ courier: string | null, listed: number, scanned: number }} slip parcels
 * @param {string | null} [supersedes] the same slip, compared before
 */
export function slipDraft(times, { courier, listed, scanned }, supersedes = null) {
  const values = { courier, listed: String(listed), scanned: String(scanned) };
  return { kind: /** @type {const} */ ('slip'), ...subject(NO_PARCEL), ...times, values, supersedes };
}

/**
 * Goods given to an international carrier (S0-39): one lorry, whichever importers' parcels are in it.
 * @param {Times} times
 * @param {{ carrier: string, contract: string | null, seals: readonly string[], agoMs: number, parcels: readonly string[] }} what
 *   `carrier` not empty; `agoMs`: how long before now it left, 0 to 69 days
 */
export function handoverDraft(times, { carrier, contract, seals, agoMs, parcels }) {
  const ago = String(Math.min(99_999, Math.max(0, Math.floor(agoMs / 60_000))));
  const values = {
    carrier: carriedSpelling(carrier),
    contract,
    seals: seals.length > 0 ? carriedSpelling(seals.join(', ')) : null,
    ago,
    parcels: parcels.join(' '),
  };
  return { kind: /** @type {const} */ ('handover'), ...subject(NO_PARCEL), ...times, values };
}

/** @param {string} text scanned or typed @param {Times} times */
export function unidentifiedDraft(text, times) {
  return { kind: /** @type {const} */ ('unidentified'), ...subject(NO_PARCEL), ...times, values: { alias: carriedSpelling(text) } };
}

/**
 * @param {{ parcel: string | null, orders: readonly string[], label: string | null }} refs
 * @param {Times} times
 * @param {{ record: string, reason: string }} what
 */
export function takeBackDraft(refs, times, { record, reason }) {
  return { kind: /** @type {const} */ ('withdrawal'), ...subject(refs), ...times, supersedes: record, values: { reason } };
}
