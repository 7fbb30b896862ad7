/** What the sample of one line needs, and the records that it writes; each call writes its records and nothing else. */

import { DEFAULT_SAMPLING, inspectionOf, lotsOfLine, nextTranche, planFor, undrawnCount, unitsToInspect } from '../core/inspection.js';
import { asks } from '../core/plan.js';
import { chimes } from '../core/sampling.js';
import { standingOf } from '../core/tranches.js';
import { takeChallenge } from '../store/challenges.js';
import { countsOf, factsOfOrders, keepLooked, lookedAt, seedOfDraw } from '../store/sample_records.js';
import { defectDraft, drawDraft, inspectionDraft } from './inspect_drafts.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { refsOf } from './parcel_facts.js';
import { planOf } from './plan.js';
import { takeBackDraft } from './receiving_drafts.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('../core/inspection.js').Inspection} Inspection */
/** @typedef {import('../store/sample_records.js').FilmedCount} FilmedCount */
/** @typedef {import('./parcel_work.js').ParcelWork} ParcelWork */

/** No nonce of the server lies ready, or the count was filmed where its seed is not known here. */
export class NoSeed extends Error {
  /** @param {'no_nonce' | 'count_elsewhere'} code */
  constructor(code) {
    super(code);
    this.name = 'NoSeed';
    this.code = code;
  }
}

/**
 * One tranche of the line in this parcel. `inspection` null: drawn on another phone, its seed comes with the next
 * answer of the server. `aside`: units that were put aside while they were counted. `lot`: its first draw; `label`: its
 * number, told apart from another lot of the same number.
 * @typedef {{draw: Fact, lot: string, label: string, inspection: Inspection | null, aside: ReadonlySet<number>, looked: readonly number[]}} Tranche
 */
/**
 * @typedef {object} SampleWork
 * @property {import('../store/snapshot.js').Line & { orderId: string }} line
 * @property {import('../core/inspection.js').Sampling} sampling
 * @property {FilmedCount | null} undrawn the newest count that no draw speaks of
 * @property {number} next tranche
 * @property {Tranche[]} tranches
 */

/**
 * @param {ParcelWork} work
 * @param {string} lineId
 * @param {ReadonlyMap<string, number>} [more] draw to the units that the inspector adds
 * @returns {Promise<SampleWork | null>} null: the parcel has no such line
 */
export async function loadSample({ parcel, facts }, lineId, more = new Map()) {
  const line = parcel.lines.find(({ id }) => id === lineId);
  if (!line) return null;
  const counts = await countsOf(parcel.id, facts);
  const sampled = asks(planOf(parcel), 'sample');
  const sampling = parcel.orders.find(({ id }) => id === line.orderId)?.sampling ?? DEFAULT_SAMPLING;
  /** @type {Tranche[]} */
  const tranches = [];
  for (const { lot, label, draw } of lotsOfLine(facts, lineId).flatMap(drawsOfLot)) {
    const [seed, looked] = await Promise.all([seedOfDraw(draw, counts, parcel.id), lookedAt(draw.id)]);
    const inspection = seed && inspectionOf(draw, facts, { seed, looked, more: more.get(draw.id) ?? 0 }, sampling);
    // Only the take's own seed chimed; a redraw has another one.
    const chimed = seed && sampled && draw.values.redraw === '0' && counts.some(({ take, challenge }) => take === draw.values.take && challenge);
    const aside = new Set(inspection && chimed ? inspection.units.filter((unit) => chimes(seed, unit)) : []);
    tranches.push({ draw, lot, label, inspection, aside, looked });
  }
  return {
    line,
    sampling,
    undrawn: /** @type {FilmedCount | null} */ (undrawnCount(facts, lineId, counts)),
    next: nextTranche(await factsOfOrders(parcel.id), lineId),
    tranches,
  };
}

/** @param {import('../core/tranches.js').Lot} lot */
const drawsOfLot = (lot) => standingOf(lot).map((draw) => ({ lot: lot.draws[0].id, label: lot.label, draw }));

/** The plan of a count that is not drawn yet. @param {SampleWork} sample @param {FilmedCount} count */
export function plannedOf({ line, sampling }, count) {
  const plan = planFor(count.units.get(line.id) ?? 0, sampling);
  return { plan, n: unitsToInspect(plan, sampling.waived ?? false) };
}

/**
 * @param {ParcelWork} work
 * @param {SampleWork} sample
 * @param {FilmedCount} count
 * @param {{ of: Fact, reason: string } | null} again the draw that this one replaces
 * @throws {NoSeed}
 */
export async function keepDraw({ parcel }, sample, count, again) {
  const { plan, n } = plannedOf(sample, count);
  const tranche = again ? Number(again.of.values.tranche) : sample.next;
  const redraw = again ? Number(again.of.values.redraw) + 1 : 0;
  if (!count.opened) throw new NoSeed('count_elsewhere');
  // The take's own nonce makes the units put aside during the count the sample; a redraw must not be known before it.
  const challenge = again || !count.challenge ? await takeChallenge() : count.challenge;
  if (!challenge) throw new NoSeed('no_nonce');
  const what = { line: sample.line.id, tranche, plan, n, take: count.take, redraw, reason: again?.reason ?? null, challenge };
  return keepRecord(drawDraft(refsOf(parcel), nowSpan(), what));
}

/** @param {Tranche} tranche @param {number} unit in order */
export async function keepLook({ draw, looked }, unit) {
  await keepLooked(draw.id, [...looked.filter((one) => one !== unit), unit]);
}

/** @param {Tranche} tranche @param {number} unit */
export async function forgetLook({ draw, looked }, unit) {
  await keepLooked(draw.id, looked.filter((one) => one !== unit));
}

/**
 * @param {ParcelWork} work
 * @param {{ line: string, draw: string | null, unit: number | null, defectClass: string, code: string, quantity: number }} what
 */
export async function keepDefect({ parcel }, what) {
  return (await keepRecord(defectDraft(refsOf(parcel), nowSpan(), what))).id;
}

/** @param {ParcelWork} work @param {Fact} fact taken back; it stays readable */
export async function takeBack({ parcel }, fact) {
  await keepRecord(takeBackDraft(refsOf(parcel), nowSpan(), { record: fact.id, reason: 'mistyped' }));
}

/** @param {ParcelWork} work @param {Inspection} inspection */
export async function keepInspection({ parcel }, { draw, judgement, finished }) {
  const { inspected, defective } = judgement;
  await keepRecord(inspectionDraft(refsOf(parcel), nowSpan(), { draw: draw.id, inspected, defective }, finished?.id ?? null));
}
