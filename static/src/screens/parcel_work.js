/** What a receiver records of one closed parcel; each call writes its records and nothing else. */

import { factsOfParcel, progressOfParcel } from '../store/parcel_records.js';
import { handedOverAt } from '../store/handed_over.js';
import { toldOf } from '../store/snapshot.js';
import { arrivalAt } from '../store/worklists.js';
import { arrivalDraft } from './count_drafts.js';
import { keepPhoto } from './keep_photo.js';
import { keepRecord, nowSpan } from './keep_record.js';
import { countedLines, loadParcel, refsOf } from './parcel_facts.js';
import { pictureOf, skippedBy } from './parcel_flow.js';
import { conditionDraft, deliveryDraft, skipDraft, weighingDraft } from './receiving_drafts.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('./parcel_facts.js').ParcelFacts} ParcelFacts */
/** @typedef {import('./viewfinder.js').Shot} Shot */
/** @typedef {import('./parcel_flow.js').Stage} Stage */

/**
 * A parcel with everything recorded of it, by anybody.
 * @typedef {object} ParcelWork
 * @property {ParcelFacts} parcel
 * @property {Fact[]} facts oldest first
 * @property {import('../core/receiving.js').Progress} progress
 * @property {number | null} arrivedMs at this site, epoch milliseconds by the server's clock
 * @property {boolean} arrived at this site
 * @property {number | null} handedOverMs when it went to international freight, epoch milliseconds
 * @property {string[]} counted ids of the lines with goods to sample
 * @property {import('../store/snapshot.js').OpenTake[]} openTakes somebody's unfinished films
 */

/** @param {string} id @returns {Promise<ParcelWork | null>} null: this phone does not know the parcel */
export async function loadWork(id) {
  const parcel = await loadParcel(id);
  const told = await toldOf(id);
  if (!parcel || !told) return null;
  const facts = await factsOfParcel(id);
  const counted = await countedLines(parcel, facts);
  const progress = await progressOfParcel(id, { lines: counted });
  if (!progress) return null;
  const arrivedMs = arrivalAt(facts);
  // An older server tells no arrivals; in Vietnam the parcel's receipt is China's.
  const byTold = parcel.received && told.siteKind !== 'VN_warehouse' && !facts.some(({ kind }) => kind === 'arrival');
  return { parcel, facts, progress, arrivedMs, arrived: arrivedMs !== null || byTold, counted, openTakes: stillOpen(told.parcel.open_takes ?? [], facts), handedOverMs: await handedOverAt(told.parcel) };
}

/**
 * What the server told, without what this phone knows better: finished since, or gone on with.
 * @param {readonly import('../store/snapshot.js').OpenTake[]} takes
 * @param {readonly Fact[]} facts
 */
function stillOpen(takes, facts) {
  const standing = facts.filter(({ gone }) => !gone);
  const over = new Set([
    ...standing.filter(({ kind, values }) => kind === 'take' && values.closed === 'complete').map(({ values }) => values.opens),
    ...standing.filter(({ kind }) => kind === 'segment').map(({ values }) => values.of),
  ]);
  return takes.filter(({ take }) => !over.has(take));
}

/** The receipt, once. @param {ParcelWork} work */
export async function ensureArrival(work) {
  if (!work.arrived) await keepRecord(arrivalDraft(refsOf(work.parcel), nowSpan()));
}

/**
 * @param {ParcelWork} work
 * @param {{ outer: string, tape: string }} values
 * @param {string | null} supersedes
 */
export async function keepCondition(work, values, supersedes) {
  await ensureArrival(work);
  await keepRecord(conditionDraft(refsOf(work.parcel), nowSpan(), values, supersedes));
}

/**
 * @param {ParcelWork} work
 * @param {import('./weigh.js').ReadyWeight} weight
 * @param {string | null} supersedes
 * @returns {Promise<string>} its id
 */
export async function keepWeighing(work, weight, supersedes) {
  await ensureArrival(work);
  return (await keepRecord(weighingDraft(refsOf(work.parcel), nowSpan(), weight, supersedes))).id;
}

/**
 * A refused parcel goes back with the courier: it never arrived.
 * @param {ParcelWork} work
 * @param {{ courier: 'present' | 'absent', outcome: string, reason: string | null }} values
 */
export async function keepDelivery(work, values) {
  await keepRecord(deliveryDraft(refsOf(work.parcel), nowSpan(), values));
  if (values.outcome !== 'refused') await ensureArrival(work);
}

/**
 * @param {ParcelWork} work
 * @param {Stage} stage
 * @param {Shot} shot
 * @param {string | null} [about] the record that it shows, where that was written a moment ago
 */
export async function keepStagePhoto(work, stage, shot, about = null) {
  const picture = pictureOf(stage, work.facts);
  if (!picture) return;
  if (stage !== 'delivery_photo') await ensureArrival(work);
  await keepPhoto({ refs: refsOf(work.parcel), ...picture, ...(about && { about }), ...shot });
}

/** @param {ParcelWork} work @param {Stage} stage @param {string} reason */
export async function keepSkips(work, stage, reason) {
  if (stage !== 'delivery_photo') await ensureArrival(work);
  for (const step of skippedBy(stage, work.progress, work.facts)) {
    await keepRecord(skipDraft(refsOf(work.parcel), nowSpan(), { step, reason }));
  }
}
