/** The drafts of the records of inspecting opened goods. The journal adds who, where, sequence and signature. Pure. */

import { carriedSpelling } from '../core/sticker.js';
import { subject } from './count_drafts.js';

/** @typedef {import('./count_drafts.js').Times} Times */
/** @typedef {{ parcel: string, orders: readonly string[], label: string | null }} Refs */

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {object} draw
 * @param {string} draw.line
 * @param {number} draw.tranche from 1
 * @param {import('../core/sampling.js').SamplingPlan} draw.plan
 * @param {number} draw.n units to inspect
 * @param {string} draw.take whose take-open record seeds it
 * @param {number} draw.redraw from 0
 * @param {string | null} draw.reason of a redraw
 * @param {string} draw.challenge the server's nonce
 */
export function drawDraft(refs, times, { line, tranche, plan, n, take, redraw, reason, challenge }) {
  const major = plan.limits.find(({ defect_class: name }) => name === 'major')?.aql ?? null;
  const values = {
    line,
    tranche: String(tranche),
    lot: String(plan.lot),
    plan: plan.kind,
    level: plan.level,
    aql: major,
    n: String(n),
    take,
    redraw: String(redraw),
    reason,
  };
  return { kind: /** @type {const} */ ('draw'), ...subject(refs), ...times, challenge, values };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ line: string, draw: string | null, unit: number | null, defectClass: string, code: string, quantity: number }} what
 */
export function defectDraft(refs, times, { line, draw, unit, defectClass, code, quantity }) {
  const values = { line, draw, unit: unit === null ? null : String(unit), class: defectClass, code, quantity: String(quantity) };
  return { kind: /** @type {const} */ ('defect'), ...subject(refs), ...times, values };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ draw: string, inspected: number, defective: readonly number[] }} what units; `defective` critical, major, minor
 * @param {string | null} supersedes the inspection of this draw that was finished before
 */
export function inspectionDraft(refs, times, { draw, inspected, defective }, supersedes) {
  const values = { draw, inspected: String(inspected), defective: defective.join(' ') };
  return { kind: /** @type {const} */ ('inspection'), ...subject(refs), ...times, values, supersedes };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ line: string | null, tranche: string | null, verdict: string, reason: string | null, draw: string | null }} values
 */
export function verdictDraft(refs, times, values) {
  return { kind: /** @type {const} */ ('verdict'), ...subject(refs), ...times, values: { ...values } };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ type: string, line: string | null, units: number | null }} what
 */
export function discrepancyDraft(refs, times, { type, line, units }) {
  const values = { type, line, units: units === null ? null : String(units) };
  return { kind: /** @type {const} */ ('discrepancy'), ...subject(refs), ...times, values };
}

/**
 * The ID of one received item (S2-26).
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ line: string | null, about: string | null, text: string }} what text: typed or scanned; about: the discrepancy
 */
export function itemIdDraft(refs, times, { line, about, text }) {
  return { kind: /** @type {const} */ ('item-id'), ...subject(refs), ...times, values: { line, about, text: carriedSpelling(text) } };
}

/**
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ line: string | null, attribute: string, listed: import('../core/measurement.js').Quantity,
 *   measured: import('../core/measurement.js').Quantity, take: string | null }} what both in the same unit
 */
export function measurementDraft(refs, times, { line, attribute, listed, measured, take }) {
  const values = { line, attribute, listed: String(listed.milli), measured: String(measured.milli), unit: measured.unit, take };
  return { kind: /** @type {const} */ ('measurement'), ...subject(refs), ...times, values };
}

/**
 * Opened goods on the scale, as it shows it (EV-14), or the closed parcel (EV-16).
 * @param {Refs} refs
 * @param {Times} times
 * @param {{ grams: number, shown: string, unit: string, opened: boolean }} reading
 */
export function tableWeighingDraft(refs, times, { grams, shown, unit, opened }) {
  const target = opened ? 'package' : 'parcel';
  const values = { grams: String(grams), shown, unit, target, opened: opened ? 'yes' : 'no' };
  return { kind: /** @type {const} */ ('weighing'), ...subject(refs), ...times, values };
}
