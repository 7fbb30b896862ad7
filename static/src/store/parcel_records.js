/** What was recorded of a parcel: what the server told of other people and earlier days, and this phone's own journal. */
import { deepestPlan } from '../core/plan.js';
import { deviceToServer } from '../core/receipt_time.js';
import { progressOf } from '../core/receiving.js';
import { parseRecord } from '../core/record.js';
import { recordsOfParcel } from './journal.js';
import { getSetting } from './settings.js';
import { parcelView, toldOf, workers } from './snapshot.js';

/** @typedef {import('../core/receiving.js').Fact} Fact */
/** @typedef {import('../core/receiving.js').Progress} Progress */

/**
 * Facts of a parcel, oldest first. A record that the server set aside (malformed, or of a blocked phone) is no fact.
 * @param {string} parcelId
 * @returns {Promise<Fact[]>} `at` in epoch milliseconds by the server's clock, as well as it is known
 */
export async function factsOfParcel(parcelId) {
  const [told, own] = await Promise.all([toldFacts(parcelId), ownRecords(parcelId)]);
  const facts = new Map(told.map((fact) => [fact.id, fact]));
  for (const fact of inOrder(own, facts)) facts.set(fact.id, fact);
  for (const { supersedes } of own) {
    const before = facts.get(supersedes ?? '');
    if (before) facts.set(before.id, { ...before, gone: true });
  }
  return [...facts.values()].sort((a, b) => a.at - b.at);
}

/**
 * @param {string} parcelId
 * @param {{lines?: readonly string[]}} [options] lines: those with goods to sample
 * @returns {Promise<Progress | null>} null: the parcel is not in the snapshot
 */
export async function progressOfParcel(parcelId, { lines } = {}) {
  const [facts, told, view] = await Promise.all([factsOfParcel(parcelId), toldOf(parcelId), parcelView(parcelId)]);
  if (!told || !view) return null;
  const { asked } = deepestPlan(view.orders.map(({ plan }) => plan));
  const leastGrams = told.parcel.least_grams ?? null;
  return progressOf(facts, { asked, siteKind: told.siteKind, leastGrams, ...(lines && { lines }) });
}

/** @param {string} parcelId @returns {Promise<Fact[]>} */
async function toldFacts(parcelId) {
  const told = await toldOf(parcelId);
  if (!told) return [];
  const facts = (told.parcel.facts ?? []).map(({ id, kind, slot, also, values, at, worker, gone, corrects }) => {
    return { id, kind, slot, also: also ?? [], values: values ?? {}, at: Date.parse(at), worker, gone, corrects: corrects ?? null };
  });
  const counted = told.lines.some((line) => line.counted?.some(([parcel]) => parcel === parcelId));
  if (!counted || facts.some(({ kind }) => kind === 'take')) return facts;
  return [...facts, countedBySomebody(parcelId, told.serverMs)];
}

/**
 * A server that tells the counts of a parcel but not their takes: it was counted, at the latest when it said so.
 * @param {string} parcelId
 * @param {number} at
 * @returns {Fact}
 */
function countedBySomebody(parcelId, at) {
  const values = { opens: null, closed: 'complete' };
  return { id: `counted-${parcelId}`, kind: 'take', slot: 'EV-18', also: [], values, at, worker: null, gone: false };
}

/**
 * @typedef {{device: string, supersedes: string | null, fact: Fact}} OwnRecord `at` of the fact by the device's clock and
 *   the offset that it knew then
 */

/** @param {string} parcelId @returns {Promise<OwnRecord[]>} by device, in the order of the journal */
async function ownRecords(parcelId) {
  const [rows, offset, people] = await Promise.all([recordsOfParcel(parcelId), getSetting('offset'), workers()]);
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return rows
    .filter(({ state }) => state === 'pending' || state === 'accepted')
    .map((row) => {
      const record = parseRecord(row.text);
      const { id, device, kind, slot, supersedes, wall } = record;
      const at = deviceToServer(wall.stop, record.offset ?? offset)?.ms ?? wall.stop;
      const values = kind === 'take' ? { opens: record.opens ?? null, closed: record.closed ?? null } : (record.values ?? {});
      const also = values.also?.split(' ') ?? [];
      const name = names.get(record.worker ?? '') ?? null;
      const corrects = kind === 'withdrawal' ? null : supersedes;
      return { device, supersedes, fact: { id, kind, slot, also, values, at, worker: name, gone: false, corrects } };
    });
}

/**
 * A phone's clock may be set between two of its records; their order in its own chain cannot lie.
 * @param {readonly OwnRecord[]} own
 * @param {ReadonlyMap<string, Fact>} told facts that the server knows by better times, and whether they are gone
 * @returns {Fact[]} each later than the one before it on the same phone
 */
function inOrder(own, told) {
  /** @type {{device: string, at: number} | null} */
  let before = null;
  return own.map(({ device, fact }) => {
    const known = told.get(fact.id);
    const least = before?.device === device ? before.at + 1 : -Infinity;
    const at = Math.max(known?.at ?? fact.at, least);
    before = { device, at };
    return { ...fact, at, gone: known?.gone ?? false, worker: known?.worker ?? fact.worker };
  });
}
